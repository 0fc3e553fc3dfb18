"""Starts, shares and stops the embedded servers that the settings name; a server of your own is left alone.

Two locks in the data folder, both let go of by the kernel however a process ends. `servers.lock`: one at a time
looks whether a server answers, and starts or stops it. `servers.users`: everyone who uses the pair shares it, so
that the last one to leave knows to stop them.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from lifecycle import embedded
from lifecycle.embedded.ground import Ground
from lifecycle.embedded.postgres import Postgres
from lifecycle.embedded.server import Server, locked
from lifecycle.embedded.valkey import Valkey


class Servers:
    """The pair of one data folder, as one user of it sees them."""

    def __init__(self, data: Path, kinds: tuple[type[Server], ...], *, durable: bool = True) -> None:
        self.data = data
        self.kinds = kinds
        self.durable = durable
        self._using: int | None = None

    @classmethod
    def of_settings(cls, *, durable: bool = True) -> "Servers":
        """Those of the two that DATABASE_URL and REDIS_URL leave to us."""
        data: Path = settings.DATA_DIR
        kinds: list[type[Server]] = []
        if settings.DATABASES["default"].get("OPTIONS", {}).get("host") == str(embedded.socket_folder(data)):
            kinds.append(Postgres)
        if embedded.redis_url(data) == settings.REDIS_URL:
            kinds.append(Valkey)
        return cls(data, tuple(kinds), durable=durable)

    def join(self) -> None:
        """Find the servers or start them, and count among their users until `leave` or the end of this process.

        Raises Unavailable with a sentence for a person.
        """
        if not self.kinds:
            return
        self.data.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self._using is None:
                self._using = os.open(self.data / "servers.users", os.O_CREAT | os.O_RDWR, 0o600)
                fcntl.flock(self._using, fcntl.LOCK_SH)
            ground = Ground.under(self.data)
            for kind in self.kinds:
                kind(ground, durable=self.durable).start()

    def leave(self, *, stop: bool = True) -> None:
        """Count no longer; with `stop`, the last one to leave stops the servers."""
        if self._using is None:
            return
        with self._alone():
            os.close(self._using)
            self._using = None
            if stop:
                self._stop_unless_used()

    def stop(self) -> bool:
        """Stop the servers unless somebody uses them; whether they stand still now."""
        if not self.kinds or not self.data.exists():
            return True
        with self._alone():
            return self._stop_unless_used()

    def answering(self) -> dict[str, bool]:
        """Each server of the pair by name, and whether it answers now."""
        if not self.data.exists():
            return {kind.name: False for kind in self.kinds}
        with self._alone():
            ground = Ground.under(self.data)
            return {kind.name: kind(ground, durable=self.durable).answers() for kind in self.kinds}

    def _stop_unless_used(self) -> bool:
        users = os.open(self.data / "servers.users", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            if not locked(users):
                return False
            ground = Ground.under(self.data)
            for kind in reversed(self.kinds):
                kind(ground, durable=self.durable).stop()
            return True
        finally:
            os.close(users)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The only process that starts or stops servers of this data folder at the moment."""
        lock = os.open(self.data / "servers.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)
