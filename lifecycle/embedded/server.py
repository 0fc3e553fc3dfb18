"""One embedded server: starting what does not answer, stopping what does. Never by a process number.

A file `<name>.alive` is locked by the server's processes themselves: they inherit the locked descriptor, and
the kernel lets go of the lock when the last of them has gone, however it went. So "nothing of this server is
alive" is a fact, and not a guess from a number in a file, which may by now name anybody.
"""

import fcntl
import importlib.util
import os
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

from lifecycle.embedded.ground import Ground, Unavailable

#: Seconds. A server killed under load may take long to let go, and longer to recover.
PATIENCE = 60.0


class Server(ABC):
    """What PostgreSQL and Valkey have in common here."""

    name: ClassVar[str]
    package: ClassVar[str]
    variable: ClassVar[str]

    def __init__(self, ground: Ground, *, durable: bool) -> None:
        self.ground = ground
        self.durable = durable
        self.log = ground.data / "log" / f"{self.name}.log"

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client is served at this moment."""

    @abstractmethod
    def prepare(self, alive: int) -> None:
        """Make the store ready for a start. Nothing of the server is alive; what is run here inherits the lock."""

    @abstractmethod
    def command(self) -> list[str]:
        """The server in the foreground."""

    @abstractmethod
    def complete(self) -> None:
        """Make sure, while the server answers, that what the project expects in it is there."""

    @abstractmethod
    def ask_to_stop(self) -> None:
        """Tell the server, which answers, to finish cleanly."""

    @property
    def store(self) -> Path:
        """The folder of the server's data; also the folder it runs in."""
        return self.ground.store(self.name)

    @property
    def packages(self) -> Path:
        """The folder in which the wheel is installed. Raises Unavailable without it."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise Unavailable(
                f"{self.variable} is not set, and the package {self.package} that would stand in is not installed. "
                f"Set {self.variable} to a server of your own, or install requirements-dev.lock."
            )
        return Path(spec.origin).parent.parent

    def start(self) -> None:
        """Come back when the server answers. Raises Unavailable with the end of its log if it cannot be started."""
        if not self.answers():
            self.log.parent.mkdir(exist_ok=True)
            with self.nothing_alive(unless=self.answers) as alive:
                if alive is not None:
                    self.prepare(alive)
                    self.launch(alive)
        self.complete()

    @contextmanager
    def nothing_alive(self, unless: Callable[[], bool] = lambda: False) -> Iterator[int | None]:
        """Hold the lock that says no process of this server lives, once the dying have gone.

        Yields its descriptor, or None as soon as `unless` says that waiting is needless (a server that was
        only slow to start). Raises Unavailable when patience ends.
        """
        alive = os.open(self.ground.data / f"{self.name}.alive", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            deadline = time.monotonic() + PATIENCE
            while not locked(alive):
                if unless():
                    yield None
                    return
                if time.monotonic() > deadline:
                    raise Unavailable(
                        f"{self.name} is alive, but neither answers in {self.ground.sockets} nor goes. End what holds "
                        f"{self.ground.data / self.name}.alive open, then try again. Its log: {self.log}"
                    )
                time.sleep(0.05)
            yield alive
        finally:
            os.close(alive)

    def launch(self, alive: int) -> None:
        """Run the server in a session of its own, holding the lock, and wait until it answers."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603
                self.command(),
                cwd=self.store,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(alive,),
                env=clean_environment(),
                **self.ground.account.switch,
            )
        # It outlives this process by design; while this process lives, it must not be left a zombie.
        threading.Thread(target=process.wait, daemon=True).start()
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if process.returncode is not None or time.monotonic() > deadline:
                raise Unavailable(f"{self.name} did not start. The end of {self.log}:\n{self.tail()}")
            time.sleep(0.05)

    def stop(self) -> bool:
        """Stop the server if it answers; whether it did. Comes back when its last process has gone."""
        if not self.answers():
            return False
        self.ask_to_stop()
        with self.nothing_alive():
            return True

    def tail(self) -> str:
        """The last lines of the log."""
        with suppress(FileNotFoundError):
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
        return "(no log)"


def locked(descriptor: int) -> bool:
    """Lock the open file for this process (and whoever inherits the descriptor) if nobody else holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def clean_environment() -> dict[str, str]:
    """No PGPORT, PGOPTIONS or foreign locale of the caller reaches a server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
