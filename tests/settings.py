"""The one settings file, on servers of the tests' own: beside the demo's, and fast instead of durable."""

import os
from pathlib import Path

# Before the settings are read; inherited by every process that a test starts.
os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))

from lifecycle.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one would be most of the suite's time
