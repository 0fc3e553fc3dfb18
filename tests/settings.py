"""The one settings file, on servers of the tests' own: beside the demo's, and fast instead of durable."""

import os
from pathlib import Path

# Before the settings are read; inherited by every process that a test starts.
os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))

from lifecycle.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one would be most of the suite's time
WHITENOISE_AUTOREFRESH = True  # a static file is looked for when it is asked for; not all of them for every test client

# Workers of a parallel run share the servers: each has a database of its own (pytest-django), and here a part of the
# broker and of the cache. The name is inherited by every process that a test starts.
PART = os.environ.get("PYTEST_XDIST_WORKER", "alone")
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"lifecycle-test-{PART}:"  # noqa: F405
CACHES["default"]["KEY_PREFIX"] = PART  # noqa: F405
