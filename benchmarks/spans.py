"""The engine: all spans derived in one session, against a bare scan and against DuckDB; and a whole rebuild."""

from django.db import connection

from benchmarks.duck import EVERYTHING, Duck
from benchmarks.line import Line, race, ratio
from benchmarks.stock import DERIVED, Crew, Stock, team_ids
from metrics.spans import DERIVE

#: By two processes. No index answers it: every row is read where it lies.
SCAN = "SELECT count(*), min(day), max(day), sum(contributor_id::bigint) FROM metrics_contribution"
ALL = f"""
SELECT count(from_on), sum(until_on - from_on), sum(level), sum(population), sum(is_first::int) FROM ({DERIVE}) AS span
"""


def scan() -> None:
    """The limit: what reading every contribution costs at the least."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 1; SET enable_indexonlyscan = off; SET jit = off")
        cursor.execute(SCAN)
        cursor.execute("RESET max_parallel_workers_per_gather; RESET enable_indexonlyscan; RESET jit")


def derive() -> None:
    """All spans of all teams, in one session and one process."""
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'; SET jit = off; SET max_parallel_workers_per_gather = 0")
        cursor.execute(ALL, EVERYTHING)
        cursor.execute("RESET work_mem; RESET jit; RESET max_parallel_workers_per_gather")


def measure(stock: Stock) -> list[Line]:
    """The lines of the spans."""
    stock.use(stock.full, counted=False)
    duck = Duck()
    try:
        scanned, derived, on_two, on_one = race(scan, derive, lambda: duck.derive(2), lambda: duck.derive(1))
        unlike = duck.differences()
    finally:
        duck.close()
    agree = "both agree row for row" if not unlike else f"{unlike:,} spans differ"
    how = "one session, work_mem 256 MB, jit off"
    return [
        ratio("all spans / two-process scan with aggregate", derived, scanned, 25, note=how),
        ratio("all spans / DuckDB, two threads", derived, on_two, 1.25, note=f"{how}; {agree}"),
        ratio("all spans / DuckDB, one thread", derived, on_one, 1.25, note=f"{how}; {agree}"),
        Line("spans in which the two differ", unlike, 0, unit="spans", note="EXCEPT ALL, both ways", repeats=1),
    ]


def rebuild(stock: Stock) -> list[Line]:
    """Everything that is derived, written and indexed by two processes, from nothing."""
    stock.use(stock.full, counted=False)
    crew = Crew()
    teams = team_ids()

    def anew() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {DERIVED}")
        crew.count_all(teams)

    try:
        derived, rebuilt = race(derive, anew)
    finally:
        crew.leave()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return [ratio("whole rebuild by two processes / all spans", rebuilt, derived, 4, note=f"{len(teams):,} teams")]
