"""The embedded servers survive what a machine does to them. Real servers, real kills, in folders of the test's own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifecycle import embedded
from tests.lifecycle.machine import ROOT, Machine, open_folder

AS_ROOT = os.getuid() == 0
STRANGER = 1  # `daemon`: any other user of the machine (initdb wants one with a name)


@pytest.fixture
def short() -> Iterator[Path]:
    yield from open_folder()


@pytest.fixture
def machine(short: Path) -> Iterator[Machine]:
    """One on which nothing has been started yet."""
    machine = Machine(short / "var")
    yield machine
    machine.clean()


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """The data folder of servers that were started once, and stopped."""
    for folder in open_folder():
        machine = Machine(folder / "var")
        machine.start()
        machine.servers("stop")
        yield machine.data
        machine.clean()


@pytest.fixture
def rested(machine: Machine, stopped: Path) -> Machine:
    """A machine whose servers have run before: for what is not about the first start, which takes long."""
    subprocess.run(["cp", "-a", str(stopped), str(machine.data)], check=True)  # owners too, which shutil leaves out
    return machine


@pytest.fixture
def used(rested: Machine) -> Machine:
    """One whose servers run again."""
    rested.start()
    return rested


def test_start_gives_the_role_and_the_database_in_any_folder_and_stop_leaves_nothing(short: Path) -> None:
    machine = Machine(short / ('a folder with a space, it\'s "quoted" $HOME, Grüße-день, ' + "x" * 150) / "var")
    try:
        # As it is typed; the other tests run the command alone (tests/lifecycle/machine.py).
        typed = [sys.executable, str(ROOT / "manage.py"), "servers", "start"]
        said = subprocess.run(typed, env=machine.environment, check=True, capture_output=True, text=True).stdout
        assert said == "postgres: answers\nvalkey: answers\n"
        assert machine.sql("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert machine.sql("SELECT upper('ä') || current_setting('listen_addresses')") == "Ä"
        assert machine.sockets.stat().st_mode & 0o777 == 0o700
        assert len(machine.sockets.name) < 40
        assert machine.servers("stop") == "postgres: stopped\nvalkey: stopped\n"
        assert machine.alive() == []
    finally:
        machine.clean()


def test_what_was_written_is_there_after_stop_and_start(used: Machine) -> None:
    used.sql("CREATE TABLE kept AS SELECT 42 AS answer")
    used.valkey.set("kept", "42")
    used.servers("stop")
    used.start()
    assert used.sql("SELECT answer FROM kept") == 42
    assert used.valkey.get("kept") == b"42"


def test_many_starters_at_once_share_one_pair(machine: Machine) -> None:
    starters = [machine.begin("start") for _ in range(6)]
    said = [starter.communicate(timeout=120)[0] for starter in starters]
    assert said == ["postgres: answers\nvalkey: answers\n"] * 6
    assert machine.sql("SELECT count(*) FROM pg_postmaster_start_time()") == 1
    assert len(machine.started()) == 2, "one postmaster, one Valkey; the rest are the postmaster's children"


def test_killed_servers_are_started_again_with_what_was_committed(used: Machine) -> None:
    used.sql("CREATE TABLE kept AS SELECT 42 AS answer")
    for what in ("the postmaster alone", "every process", "a reboot, which takes the sockets and nothing else"):
        alone = [used.postmaster(), used.valkey.info("server")["process_id"]]
        used.kill(only=alone if what == "the postmaster alone" else None)
        if what.startswith("a reboot"):
            shutil.rmtree(used.sockets)
        used.start()
        assert used.sql("SELECT answer FROM kept") == 42, what
        assert used.valkey.ping(), what


def test_a_stale_number_file_that_names_somebody_else_is_no_obstacle(used: Machine) -> None:
    used.kill()
    # A process of the very account the server runs as, so that asking for the number says "it lives".
    stranger = subprocess.Popen(["sleep", "60"], user=65534 if AS_ROOT else None)
    try:
        for file in [*used.data.rglob("postmaster.pid"), used.sockets / ".s.PGSQL.5432.lock"]:
            lines = file.read_text().splitlines()
            file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        used.start()
        used.servers("stop")
        assert stranger.poll() is None, "a stranger was stopped"
    finally:
        stranger.kill()
        stranger.wait()


def test_a_first_start_cut_off_halfway_is_made_anew(machine: Machine) -> None:
    starter = machine.begin("start")
    deadline = time.monotonic() + 60
    while not list(machine.data.rglob("postgres.init/pg_wal")) and time.monotonic() < deadline:
        time.sleep(0.005)
    starter.kill()
    starter.communicate()
    machine.start()
    assert machine.sql("SELECT 1") == 1


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_a_closed_home_stays_closed(short: Path) -> None:
    """Root's data lies where `nobody` cannot walk: the servers' files go elsewhere, no mode is changed."""
    (short / "home").mkdir(mode=0o700)
    machine = Machine(short / "home" / "var")
    try:
        machine.start()
        machine.sql("CREATE TABLE kept AS SELECT 42 AS answer")
        machine.servers("stop")
        machine.start()
        assert machine.sql("SELECT answer FROM kept") == 42
        machine.servers("stop")
        assert (short / "home").stat().st_mode & 0o777 == 0o700
        assert not list((short / "home").rglob("PG_VERSION"))

        shutil.rmtree(machine.data)  # to begin anew, as docs/operations.md says it; or a fresh clone in its place
        machine.start()
        assert machine.sql("SELECT to_regclass('kept')") is None
        machine.servers("stop")
    finally:
        machine.clean()


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_an_ordinary_user_runs_its_own(short: Path) -> None:
    machine = Machine(short / "theirs", user=STRANGER)
    machine.data.mkdir()
    embedded.secret_key(machine.data)
    for path in (machine.data, machine.data / "secret_key"):
        os.chown(path, STRANGER, STRANGER)
    try:
        machine.start()
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in machine.started()} == {STRANGER}
        assert machine.sql("SELECT 1") == 1
        machine.servers("stop")
        assert machine.alive() == []
    finally:
        machine.clean()


@pytest.mark.skipif(not AS_ROOT, reason="only root can make a folder that belongs to somebody else")
def test_a_socket_folder_of_another_user_is_refused(machine: Machine) -> None:
    machine.sockets.mkdir()
    os.chown(machine.sockets, STRANGER, STRANGER)
    process = machine.begin("start")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "belongs to another user" in said
    assert machine.alive() == []


def test_stop_is_refused_while_somebody_uses_them(rested: Machine) -> None:
    """A command that talks to them has started them by itself."""
    shell = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", "print('in', flush=True); input()"],
        env=rested.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert shell.stdout is not None
    assert shell.stdout.readline() == "in\n"
    process = rested.begin("stop")
    assert "in use" in process.communicate(timeout=60)[0]
    shell.communicate("\n")
    assert rested.servers("stop") == "postgres: stopped\nvalkey: stopped\n"


def test_commands_that_need_no_server_start_none(machine: Machine) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check"], env=machine.environment, check=True, capture_output=True
    )
    assert not (machine.data / "postgres").exists()
    assert machine.alive() == []


def test_servers_of_your_own_are_left_alone(machine: Machine) -> None:
    own = {"DATABASE_URL": "postgresql://me@127.0.0.1:1/mine", "REDIS_URL": "redis://127.0.0.1:1/0"}
    said = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "servers", "start"],
        env=machine.environment | own,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "of your own" in said
    assert not (machine.data / "postgres").exists()
