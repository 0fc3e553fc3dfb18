"""Figures of speed, each a ratio against a limit measured in the same run. Not collected by pytest."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifecycle.settings")
django.setup()
