"""Real PostgreSQL and Valkey on one machine, from wheels, for whoever set neither DATABASE_URL nor REDIS_URL.

This module only *names* them: every name is a pure function of the data folder, so that settings, `check`
and mypy need no server. `servers.py` starts and stops them, `ground.py` says where and as whom they run.
"""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote

#: Named in the address and given to the server, so that nobody's PGPORT can part the two.
PORT = 5432


def socket_folder(data: Path) -> Path:
    """The short folder for both servers' sockets: a pure function of the data folder and the user.

    Not inside the data folder, whose path may be longer than the 107 bytes of a socket's address; and not
    under TMPDIR, which may differ between two shells that mean the same servers.
    """
    temporary = Path("/tmp")  # noqa: S108 (the folder is 0700 and its owner is checked: ground.py)
    if not os.access(temporary, os.W_OK | os.X_OK):
        temporary = Path(tempfile.gettempdir())
    digest = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:10]
    return temporary / f"lifecycle-{os.getuid()}-{digest}"


def database_url(data: Path) -> str:
    """The embedded PostgreSQL of this data folder."""
    return f"postgresql://lifecycle@:{PORT}/lifecycle?host={quote(str(socket_folder(data)), safe='')}"


def redis_url(data: Path) -> str:
    """The embedded Valkey of this data folder, as redis-py and Django's cache spell it."""
    return f"unix://{socket_folder(data)}/valkey.sock"


def celery_url(redis_url: str) -> str:
    """The same server as Celery spells it."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def secret_key(data: Path, name: str = "secret_key") -> str:
    """A key of the machine's own, made at the first run (0600)."""
    file = data / name
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        draft = data / f"{name}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
            out.write(secrets.token_urlsafe(64))
        try:
            file.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first: its key is everybody's
        finally:
            draft.unlink()
    return file.read_text(encoding="utf-8")
