"""The organisations that are measured: made once, kept, and copied for each run, so that a run may change them.

A kept database is named by what makes it: the generator and the tables. What is counted in it is known by a digest of
the counting code in the database's comment; when that has changed, it is counted again.
"""

import functools
import hashlib
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks import organisation
from metrics.rebuilds import batches
from metrics.recount import recount

WORKERS: Final = 2
MAKERS: Final = ("benchmarks/organisation.py", "*/migrations/*.py", "fixtures/**/*.json")
COUNTERS: Final = ("metrics/*.py", "metrics/measures/*.py")
DERIVED: Final = "metrics_span, teams_weeklycount, teams_measurement"


@functools.cache  # a run stays with what it began with
def _digest(patterns: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for pattern in patterns:
        for file in sorted(Path(settings.BASE_DIR).glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:10]


def point(name: str) -> None:
    """Let Django's connection be to that database."""
    connection.close()
    connection.settings_dict["NAME"] = name


def count(batch: Sequence[int]) -> int:
    """A worker's work: some teams, all of them anew."""
    recount(*batch, rebuild=True)
    return len(batch)


class Crew:
    """So many processes on the database of the moment, as the product's workers would be."""

    def __init__(self) -> None:
        name = connection.settings_dict["NAME"]
        self._pool = multiprocessing.get_context("spawn").Pool(WORKERS, initializer=point, initargs=(name,))
        self._pool.map(count, [()] * WORKERS * 4, chunksize=1)  # all of them are there

    def count_all(self, teams: Sequence[int]) -> None:
        """Count all teams anew, in the product's batches, each taken by whoever is free."""
        for _teams in self._pool.imap_unordered(count, batches(teams), chunksize=1):
            pass

    def leave(self) -> None:
        """End the processes."""
        self._pool.close()
        self._pool.join()


def team_ids() -> list[int]:
    """All teams; by Zipf's law the first is the largest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM teams_team ORDER BY id")
        return [team_id for (team_id,) in cursor.fetchall()]


@dataclass(frozen=True)
class Organisation:
    """One by size."""

    rows: int
    teams: int

    @property
    def kept(self) -> str:
        """The name of its kept database."""
        return f"bench_{_digest(MAKERS)}_{self.rows}_{self.teams}"

    @property
    def scratch(self) -> str:
        """The name of this run's copy."""
        return f"scratch_{self.rows}_{self.teams}"


class Stock:
    """The organisations of one run."""

    def __init__(self, rows: int, teams: int, *, fresh: bool = False) -> None:
        self.full = Organisation(rows, teams)
        self.small = Organisation(rows // 10, teams)
        self.few = Organisation(rows // 10, teams // 20)
        self._home = connection.settings_dict["NAME"]
        self._fresh = {self.full, self.small, self.few} if fresh else set[Organisation]()
        self._copied: dict[Organisation, bool] = {}
        self._parked: dict[str, Any] = {}

    def use(self, which: Organisation, *, counted: bool = True) -> None:
        """Go on in this run's copy of an organisation; its spans, weeks and measures may be left out."""
        if which not in self._copied or (counted and not self._copied[which]):
            self._make(which)
            if counted:
                self._count(which)
            if parked := self._parked.pop(which.scratch, None):
                parked.close()
            self._at_home(
                f"DROP DATABASE IF EXISTS {which.scratch} WITH (FORCE)",
                f"CREATE DATABASE {which.scratch} TEMPLATE {which.kept} STRATEGY FILE_COPY",
            )
            self._copied[which] = counted
        self._park()
        connection.settings_dict["NAME"] = which.scratch
        connection.connection = self._parked.pop(which.scratch, None)

    def _park(self) -> None:
        """Put a copy's connection aside as it is: a worker's is not new for each job either."""
        name = connection.settings_dict["NAME"]
        if connection.connection is not None and name in [one.scratch for one in self._copied]:
            self._parked[name], connection.connection = connection.connection, None
        connection.close()

    def leave(self) -> None:
        """Remove the copies; the kept ones stay for the next run."""
        for parked in self._parked.values():
            parked.close()
        self._at_home(*(f"DROP DATABASE IF EXISTS {one.scratch} WITH (FORCE)" for one in self._copied))

    def _at_home(self, *statements: str) -> None:
        self._park()
        point(self._home)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def _counted(self, name: str) -> str | None:
        point(self._home)
        with connection.cursor() as cursor:
            cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
            row = cursor.fetchone()
        return row[0] if row else None

    def _make(self, which: Organisation) -> None:
        if which not in self._fresh and self._counted(which.kept) is not None:
            return
        self._fresh.discard(which)
        print(f"Making an organisation of {which.rows:,} contributions in {which.teams:,} teams ...", flush=True)
        self._at_home(*(f"DROP DATABASE {name}" for name in self._outdated()))
        self._at_home(f"DROP DATABASE IF EXISTS {which.kept} WITH (FORCE)", f"CREATE DATABASE {which.kept}")
        point(which.kept)
        call_command("migrate", verbosity=0)
        organisation.found(contributions=which.rows, teams=which.teams)
        self._at_home(f"COMMENT ON DATABASE {which.kept} IS 'made'")

    def _outdated(self) -> list[str]:
        """Kept databases of another generator, or of other tables."""
        point(self._home)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, 'bench_') AND NOT starts_with(datname, %s)",
                [f"bench_{_digest(MAKERS)}"],
            )
            return [name for (name,) in cursor.fetchall()]

    def _count(self, which: Organisation) -> None:
        if self._counted(which.kept) == _digest(COUNTERS):
            return
        print(f"Counting {which.rows:,} contributions in {which.teams:,} teams ...", flush=True)
        point(which.kept)
        crew = Crew()
        try:
            crew.count_all(team_ids())
        finally:
            crew.leave()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self._at_home(f"COMMENT ON DATABASE {which.kept} IS '{_digest(COUNTERS)}'")
