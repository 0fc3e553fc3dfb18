"""Processes that do one job each and can be stopped where the test wants them: at a lock that the test holds."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from tests.processes import ROOT, environment

#: Reads the project once; for each job asked for on its input, a child of its own that does it and ends.
NURSERY = """
import os, signal, sys
import django
django.setup()
from lifecycle import jobs
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if not child:
        jobs.run(int(line))
        os._exit(0)
    print(child, flush=True)
"""
NAME = "victim"
PATIENCE = 60.0


@dataclass(frozen=True)
class Hold:
    """What the test holds; `saying`, where several statements ask for it, is what the right one says."""

    sql: str
    saying: str = ""


def table(name: str, mode: str = "SHARE", saying: str = "") -> Hold:
    """By default: whoever only reads passes, whoever writes waits."""
    return Hold(f"LOCK TABLE {name} IN {mode} MODE", saying)


def row(name: str, key: int, saying: str = "") -> Hold:
    return Hold(f"SELECT FROM {name} WHERE id = {key} FOR UPDATE", saying)


class Holder:
    """A connection of its own that holds something."""

    def __init__(self, hold: Hold) -> None:
        self.hold = hold
        self.connection = connection.copy(alias="default")
        self.connection.set_autocommit(False)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (self.pid,) = cursor.fetchone()
            cursor.execute("SET LOCAL lock_timeout = '20s'")  # one that the victim itself has is a mistake here
            cursor.execute(hold.sql)

    def let_go(self) -> None:
        self.connection.close()

    def is_waited_for(self) -> bool:
        """By a statement of the victim's."""
        return backends("%s = ANY(pg_blocking_pids(pid)) AND query LIKE %s", self.pid, f"%{self.hold.saying}%") > 0


def backends(condition: str = "true", *values: int | str) -> int:
    """How many sessions of the victim's there are, of which something is so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            f" WHERE application_name = '{NAME}' AND datname = current_database() AND {condition}",
            values,
        )
        count: int = cursor.fetchone()[0]
        return count


class Nursery:
    """The process that begins the victims."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            cwd=ROOT,
            env={**environment(), "PGAPPNAME": NAME},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.says() == "ready"

    def says(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def kill_at(self, job_id: int, *holds: Hold) -> None:
        """Begin the job, wait until it stands before the last of these, end it by SIGKILL, and let go.

        Where one lock is asked for more than once, the earlier holds bring the victim past the first time.
        """
        assert self.process.stdin
        holder = Holder(holds[0])
        self.process.stdin.write(f"{job_id}\n")
        self.process.stdin.flush()
        victim = int(self.says())
        try:
            for hold in holds[1:]:
                until(holder.is_waited_for, f"the job never asked for: {holder.hold.sql}")
                following = Holder(hold)
                holder.let_go()
                holder = following
            until(holder.is_waited_for, f"the job never asked for: {holder.hold.sql}")
        finally:
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself, and the test has failed
                os.kill(victim, signal.SIGKILL)
            holder.let_go()
        until(lambda: backends() == 0, "a session of the victim's is left")

    def end(self) -> None:
        """It ends with its input."""
        self.process.communicate(timeout=PATIENCE)


def until(condition: Callable[[], bool], otherwise: str) -> None:
    """Ask again and again, with patience."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
