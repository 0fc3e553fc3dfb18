"""The web process as production runs it, on loopback and on the database of the moment: what tests and figures ask."""

import contextlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from teams.models import User
from tests.processes import ROOT, environment
from tests.production.smoke import free_port

#: Under which a browser keeps a log-in in production; over http it takes it from localhost only.
COOKIE = "__Host-session"
PATIENCE = 60.0


@contextlib.contextmanager
def served(folder: Path, *, more: Mapping[str, str] | None = None, skip: str = "") -> Iterator[str]:
    """The address of gunicorn, with static files collected into `folder` but for those that match `skip`."""
    port = free_port()
    env = environment() | {
        "PRODUCTION": "true",
        "SSL_REDIRECT": "false",
        "DJANGO_SETTINGS_MODULE": "lifecycle.settings",
        "DATA_DIR": str(folder),
        "SECRET_KEY": settings.SECRET_KEY,
        "ERASURE_KEY": settings.ERASURE_KEY,
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_POOL": "4",
        **(more or {}),
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run([*collect, *(["--ignore", skip] if skip else [])], cwd=ROOT, env=env, check=True)
    serve = [sys.executable, "-m", "gunicorn", "lifecycle.wsgi", "--bind", f"127.0.0.1:{port}"]
    with (folder / "gunicorn.log").open("ab") as log:
        web = subprocess.Popen(serve, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        _wait_for(f"http://localhost:{port}/livez", web, folder)
        yield f"http://localhost:{port}"
    finally:
        web.terminate()
        web.wait(20)


def _wait_for(address: str, web: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(address, timeout=10):
            return
        if web.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((folder / "gunicorn.log").read_text(errors="replace")[-2000:])
        time.sleep(0.1)


def session_of(user: User) -> str:
    """What stands in the cookie of somebody who has logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key
