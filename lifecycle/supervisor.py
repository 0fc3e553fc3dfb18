"""Runs the project's processes as one: the end of any is the end of all, and none is left behind.

Each child is the leader of a session of its own, so Ctrl-C reaches only the supervisor, which then asks each to
finish; and on Linux the kernel tells a child to finish should the supervisor be killed before it could.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

#: Seconds a child has to finish what it is doing (a worker's soft shutdown is five).
GRACE = 20.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Program:
    """What to run, by the name under which people know it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Ended(RuntimeError):
    """A child ended by itself. The message says which, and where its log is."""


class Supervisor:
    """Children that live and end together. Use as a context: leaving it leaves no process."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Supervisor":
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self, program: Program, *, folder: Path) -> None:
        """Start one child in `folder`, writing to a log of its own."""
        with self.log(program.name).open("ab") as log:
            self.children[program.name] = subprocess.Popen(  # noqa: S603
                program.command,
                cwd=folder,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with(os.getpid()),  # noqa: PLW1509 (it makes one system call)
            )

    def log(self, name: str) -> Path:
        """Where that child writes."""
        return self.logs / f"{name}.log"

    def check(self) -> None:
        """Raise Ended if a child has."""
        for name, child in self.children.items():
            if child.poll() is not None:
                raise Ended(f"{name} ended by itself (exit {child.returncode}). Its log: {self.log(name)}")

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Come back when `ready()`. Raises Ended when a child ends, or when it takes longer."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise Ended(f"No answer within {seconds:.0f} seconds. The logs: {self.logs}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ask all to finish, at once; end what has not after the grace, and whatever they left in their sessions."""
        for child in self.children.values():
            with suppress(ProcessLookupError):
                child.terminate()
        deadline = time.monotonic() + GRACE
        for child in self.children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
        for child in self.children.values():
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.children.clear()


def end_with(parent: int) -> Callable[[], None] | None:
    """What a new child does first: ask the kernel for SIGTERM when its parent is gone. Linux only."""
    if not sys.platform.startswith("linux"):
        return None

    def ask() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was gone before we could ask
            os._exit(1)

    return ask
