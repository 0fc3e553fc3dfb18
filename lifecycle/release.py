"""Which release this is: what was made by another one, and kept, is made anew."""

import functools
import hashlib
from pathlib import Path

from django.conf import settings

#: Whatever can change what a page says or how it looks; the lock file stands for what is installed.
MADE_OF = (
    "lifecycle/**/*.py",
    "teams/**/*.py",
    "pathways/**/*.py",
    "metrics/**/*.py",
    "templates/**/*.html",
    "static/**/*.*",
    "requirements.lock",
)


def digest() -> str:
    """A word for the code, the templates and the static files; read once a process, always anew while developing."""
    return _read() if settings.DEBUG else _kept()


@functools.cache
def _kept() -> str:
    return _read()


def _read() -> str:
    found = hashlib.sha256()
    for pattern in MADE_OF:
        for file in sorted(Path(settings.BASE_DIR).glob(pattern)):
            found.update(f"{file.name} {file.stat().st_size}\n".encode())
            found.update(file.read_bytes())
    return found.hexdigest()[:16]
