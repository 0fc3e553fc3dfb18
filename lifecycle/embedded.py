"""Real PostgreSQL and Valkey on one machine, from wheels. (Names only so far; starting them comes with `demo`.)"""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote


def socket_folder(base: Path) -> Path:
    """The short folder for both servers' sockets: a pure function of the checkout and the user."""
    digest = hashlib.sha256(str(base.resolve()).encode()).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"lifecycle-{os.getuid()}-{digest}"


def database_url(base: Path) -> str:
    """The embedded PostgreSQL of this checkout."""
    return f"postgresql://lifecycle@/lifecycle?host={quote(str(socket_folder(base)), safe='')}"


def redis_url(base: Path) -> str:
    """The embedded Valkey of this checkout, as redis-py and Django's cache spell it."""
    return f"unix://{socket_folder(base)}/valkey.sock"


def celery_url(redis_url: str) -> str:
    """The same server as Celery spells it."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def secret_key(data: Path) -> str:
    """The machine's own secret key, made at the first run (0600)."""
    file = data / "secret_key"
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        data.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
            out.write(secrets.token_urlsafe(64))
        return file.read_text(encoding="utf-8")
