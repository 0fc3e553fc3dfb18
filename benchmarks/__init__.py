"""Figures of speed, each a ratio against a limit measured in the same run. Not collected by pytest.

`python -m benchmarks [--rows N] [--fresh] [--write] [NAME ...]`. The servers are the benchmarks' own, in a data folder
beside the demo's: durable as in production, with memory to fit the machine. It is always the generator's last day.
"""

import os
from pathlib import Path
from unittest.mock import patch

import django

# Before the settings are read; inherited by every process that a benchmark starts.
os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / "var" / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifecycle.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
django.setup()

from benchmarks.organisation import TODAY  # noqa: E402
from lifecycle import clock  # noqa: E402

patch.object(clock, "today", lambda: TODAY).start()
