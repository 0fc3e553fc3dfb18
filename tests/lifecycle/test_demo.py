"""`manage.py demo` as a person meets it: one command up, one signal down, and nothing left behind."""

import contextlib
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from lifecycle.management.commands.demo import the_only_demo
from tests.lifecycle.machine import ROOT, Machine, open_folder, parent_of

READY = re.compile(r"Lifecycle answers at (http://\S+/)")


class Demo:
    """One run of the command on a machine of its own."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "demo"],
            env={**machine.environment, "PYTHONUNBUFFERED": "1", "PORT": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.said.append(line)
                self._lines.put(line)
        self._lines.put("")

    def address(self) -> str:
        """Where it answers, once it does."""
        while line := self._lines.get(timeout=180):
            if found := READY.search(line):
                return found[1]
        raise AssertionError("".join(self.said))

    def children(self) -> dict[str, int]:
        """Web, worker, beat and dispatcher by the word in their command line."""
        found: dict[str, int] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if parent_of(int(entry.name)) == self.process.pid:
                        line = (entry / "cmdline").read_bytes().decode()
                        words = ("gunicorn", "worker", "beat", "dispatch")
                        found |= {word: int(entry.name) for word in words if f"\0{word}\0" in line}
                except OSError:  # gone meanwhile
                    continue
        return found

    def family(self) -> list[int]:
        """Every process started under it, by the data folder in its environment."""
        mark = f"DATA_DIR={self.machine.data}\0".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    if mark in (entry / "environ").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found + self.machine.alive()

    def end(self, number: int) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=90)

    def nothing_is_left(self, seconds: float = 0) -> bool:
        deadline = time.monotonic() + seconds
        while self.family() and time.monotonic() < deadline:
            time.sleep(0.2)
        return self.family() == []


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """One for all tests: the demo organisation is made by whichever comes first, and kept, as on anybody's."""
    for folder in open_folder():
        machine = Machine(folder / "demo data")
        yield machine
        machine.clean()


@pytest.fixture
def start(machine: Machine) -> Iterator[Callable[[], Demo]]:
    """Starts demos; none outlives the test, passed or failed."""
    with contextlib.ExitStack() as stack:

        def start() -> Demo:
            demo = Demo(machine)
            stack.callback(demo.process.wait)
            stack.callback(demo.process.terminate)
            return demo

        yield start


def page(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.status, answer.read().decode()


def test_up_and_down_by_every_way_and_up_again_with_its_data(machine: Machine, start: Callable[[], Demo]) -> None:
    """A start takes long: each has one way of ending, and looks at what the last one left."""
    demo = start()
    address = demo.address()
    assert page(address + "readyz") == (200, "ready\n")
    assert page(address + "accounts/login/")[0] == 200
    assert set(demo.children()) == {"gunicorn", "worker", "beat", "dispatch"}

    second = start()
    assert second.process.wait(timeout=60) == 1
    assert address.rstrip("/") in "".join(second.said)

    machine.sql("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    assert demo.end(signal.SIGTERM) == 0, demo.said
    assert demo.nothing_is_left()

    killed = start()
    killed.address()
    assert machine.sql("SELECT answer FROM kept") == 42
    assert killed.end(signal.SIGKILL) == -signal.SIGKILL
    deadline = time.monotonic() + 60
    while set(killed.family()) - set(machine.alive()) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert set(killed.family()) <= set(machine.alive()), "killed, it leaves only the servers for the next one"
    postmaster = machine.postmaster()

    again = start()
    address = again.address()
    assert machine.postmaster() == postmaster
    starts_a_killed_server_again(machine, address)
    assert again.end(signal.SIGINT) == 0, again.said
    assert again.nothing_is_left()


def starts_a_killed_server_again(machine: Machine, address: str) -> None:
    """While it runs, and soon."""
    killed = machine.postmaster()
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(0.5)
        with contextlib.suppress(OSError, StopIteration, IndexError):  # no page, no number yet
            if machine.postmaster() != killed and page(address + "readyz")[0] == 200:
                break
    assert machine.postmaster() != killed
    assert page(address + "readyz") == (200, "ready\n")


def test_the_end_of_one_is_the_end_of_all_and_says_whose(machine: Machine, start: Callable[[], Demo]) -> None:
    demo = start()
    demo.address()
    os.kill(demo.children()["beat"], signal.SIGKILL)
    assert demo.process.wait(timeout=90) == 1
    assert demo.nothing_is_left()
    assert "beat ended by itself" in "".join(demo.said)
    assert "beat.log" in "".join(demo.said)


NOWHERE = {"DATABASE_URL": "postgresql://me@127.0.0.1:1/mine", "REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ({"PORT": "eighty"}, "'eighty' is no port"),
        ({"PORT": "99999"}, "'99999' is no port"),
        ({**NOWHERE, "PORT": ""}, "The database that DATABASE_URL names does not let us in"),
        ({"REDIS_URL": NOWHERE["REDIS_URL"]}, "The server that REDIS_URL names does not let us in"),
        ({"DATABASE_URL": "me:geheim@mine"}, "DATABASE_URL is no address of a PostgreSQL"),
        ({"DATABASE_URL": "sqlite:///geheim.sqlite3"}, "DATABASE_URL is no address of a PostgreSQL"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL is no address of a Redis"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "/nowhere/key"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
    ],
    ids=lambda given: ", ".join(given) if isinstance(given, dict) else "",
)
def test_what_cannot_be_is_answered_with_one_sentence(machine: Machine, typed: dict[str, str], answer: str) -> None:
    said = refused(machine, typed)
    assert answer in said
    assert "Traceback" not in said
    assert "geheim" not in said, "the address holds a password"


def test_a_second_one_does_not_name_the_address_of_a_former_one(tmp_path: Path) -> None:
    (tmp_path / "demo.address").write_text("127.0.0.1:1")
    program = "import sys; from pathlib import Path; from lifecycle.management.commands import demo; " + (
        "demo.the_only_demo(Path(sys.argv[1])); print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout
        first.stdout.readline()
        with pytest.raises(CommandError, match="already starting"):
            the_only_demo(tmp_path)


def test_a_taken_port_is_named(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused(machine, {"PORT": str(port)})
    assert f"Port {port} cannot be used: Address already in use." in said


def refused(machine: Machine, typed: dict[str, str]) -> str:
    """What a demo said that did not start; it has left nothing behind."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "demo"],
        env={**machine.environment, "PORT": "0", **typed},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode in {1, 2}, done.stdout
    assert machine.alive() == []
    return done.stdout
