"""The project's own long-running commands, started against the test database as a user would start them."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def environment() -> dict[str, str]:
    """The variables that point a child process at this test's database."""
    chosen = connection.settings_dict
    user = quote(chosen["USER"]) + (f":{quote(chosen['PASSWORD'])}" if chosen["PASSWORD"] else "")
    host = chosen["HOST"] + (f":{chosen['PORT']}" if chosen["PORT"] else "")
    folder = chosen.get("OPTIONS", {}).get("host")
    query = f"?host={quote(folder, safe='')}" if folder else ""
    url = f"postgresql://{user}@{host}/{quote(chosen['NAME'])}{query}"
    return {**os.environ, "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, "PYTHONUNBUFFERED": "1"}


@contextlib.contextmanager
def running(*commands: list[str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Each command as a process of its own; all are ended, and waited for, at the end."""
    children = [subprocess.Popen(command, cwd=ROOT, env=environment()) for command in commands]
    try:
        yield children
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


DISPATCHER = [sys.executable, "manage.py", "dispatch"]
WORKER = [sys.executable, "-m", "celery", "-A", "lifecycle", "worker", "--pool", "solo", "--loglevel", "WARNING"]
