"""`python -m benchmarks.sizes ROWS [--drop]`: what an organisation of that size takes, in bytes and in seconds.

Fills a database of its own once (benchmarks/organisation.py), counts every team, and prints what docs/scaling.md
tells. Run again, it finds the database filled, and only measures. `--drop` removes it.
"""

import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta

import django.db
import time_machine
from django.db import connection

from benchmarks import organisation
from lifecycle.embedded.servers import Servers
from metrics import due, recount

TABLES = (
    "metrics_contribution",
    "metrics_span",
    "pathways_identity",
    "pathways_contributor",
    "teams_weeklycount",
    "teams_measurement",
)
SESSIONS = 2
SIZES = """
SELECT count(*), pg_table_size(%(table)s), pg_indexes_size(%(table)s) FROM {table}
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_relation_size(indexrelid) FROM pg_index
 WHERE indrelid = %s::regclass ORDER BY 1
"""
#: A hundred people of a team, where it has so many, each with an act on its last days.
PICK = """
CREATE TEMPORARY TABLE picked AS
SELECT row_number() OVER () AS n, one.*
  FROM (SELECT DISTINCT ON (contributor_id) * FROM metrics_contribution
         WHERE team_id = %(team)s AND state < 2 ORDER BY contributor_id LIMIT 100) AS one
"""
ARRIVE = """
INSERT INTO metrics_contribution (occurred_at, team_id, pathway_id, contributor_id, identity_id, import_id, kind_id,
                                  state, key)
SELECT %(today)s::timestamptz - interval '1 hour' * n, team_id, pathway_id, contributor_id, identity_id, import_id,
       kind_id, state, substring(sha256(convert_to(%(run)s || n, 'UTF8')) FROM 1 FOR 11)
  FROM picked
"""


def took(work: Callable[[], object]) -> float:
    """Seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def run(sql: str, values: object = None) -> list[tuple[object, ...]]:
    """The rows of a query, or none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def rebuild(team_id: int) -> float:
    """One team from its facts: spans, weekly rows, measures."""
    return took(lambda: recount.recount(team_id, rebuild=True))


def rebuilt(teams: list[int], sessions: int) -> list[float]:
    """Every team from its facts, the largest first, by so many processes; the seconds of each."""
    connection.close()
    with ProcessPoolExecutor(sessions) as pool:
        return list(pool.map(rebuild, teams))


def arrive(team_id: int) -> tuple[float, float]:
    """A hundred acts: to write them, and to count the team again."""
    values: dict[str, int | str] = {"team": team_id, "today": str(organisation.TODAY), "run": secrets.token_hex()}
    run("DROP TABLE IF EXISTS picked")
    run(PICK, values)
    return took(lambda: run(ARRIVE, values)), took(lambda: recount.recount(team_id))


def sizes() -> Iterator[str]:
    """Bytes of a row, with its indexes, of each table that grows."""
    for table in TABLES:
        ((rows, heap, indexes),) = run(SIZES.format(table=table), {"table": table})
        assert isinstance(rows, int)
        assert isinstance(heap, int)
        assert isinstance(indexes, int)
        yield f"{table}: {rows:,} rows, {heap / 2**20:,.0f} MiB + indexes {indexes / 2**20:,.0f} MiB"
        yield f"    a row: {heap / rows:,.1f} B + indexes {indexes / rows:,.1f} B = {(heap + indexes) / rows:,.1f} B"
        for name, size in run(INDEXES, [table]) if table in TABLES[:2] else []:
            assert isinstance(size, int)
            yield f"    {name}: {size / rows:,.1f} B"


def measure(day: date) -> Iterator[str]:
    """All lines, in the order in which they are measured."""
    of_team = run("SELECT team_id, count(*) FROM metrics_contribution GROUP BY team_id ORDER BY 2 DESC")
    teams = [int(str(team)) for team, _acts in of_team]
    scan = "SELECT pathway_id, count(*), max(day) FROM metrics_contribution GROUP BY pathway_id"
    limit = statistics.median(took(lambda: run(scan)) for _ in range(5))
    middle = of_team[len(teams) // 2][1]
    yield f"{len(teams):,} teams; the largest has {of_team[0][1]:,} acts, the middle one {middle:,}"
    yield f"scan of the contributions with aggregate, parallel: {limit:,.2f} s"
    begin = time.perf_counter()
    each = rebuilt(teams, SESSIONS)
    yield (
        f"everything rebuilt by {SESSIONS} workers: {time.perf_counter() - begin:,.0f} s ({sum(each):,.0f} s of work);"
        f" the largest team {each[0] * 1000:,.0f} ms, the middle one {each[len(each) // 2] * 1000:,.0f} ms"
    )
    run("VACUUM ANALYZE")
    yield from sizes()
    for what, team in (("largest", teams[0]), ("middle", teams[len(teams) // 2])):
        found = [arrive(team) for _ in range(5)]
        write, count = (statistics.median(times) for times in zip(*found, strict=True))
        yield f"100 acts into the {what} team: written in {write * 1000:,.0f} ms, counted in {count * 1000:,.0f} ms"
    run("VACUUM ANALYZE metrics_contribution, metrics_span")
    tomorrow = day + timedelta(days=1)
    held = statistics.median(took(lambda: run("SELECT count(*), max(until_on) FROM metrics_span")) for _ in range(5))
    took_due = statistics.median(took(lambda: due.teams(tomorrow)) for _ in range(5))
    yield (
        f"day change: {len(due.teams(tomorrow)):,} teams found due in {took_due * 1000:,.1f} ms;"
        f" a scan of the spans takes {held * 1000:,.0f} ms ({held / took_due:,.0f} x)"
    )


def main() -> None:
    """Fill what is not filled, measure, print."""
    rows = int(sys.argv[1])
    servers = Servers.of_settings(durable=False)
    servers.join()
    django.db.connections.close_all()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_sizes_{rows}"
    try:
        connection.creation.create_test_db(verbosity=0, keepdb=True, autoclobber=True, serialize=False)
        if "--drop" in sys.argv:
            connection.creation.destroy_test_db(name, verbosity=0)
            return
        day = organisation.TODAY
        with time_machine.travel(datetime.combine(day, datetime.min.time()) + timedelta(hours=12), tick=True):
            if not run("SELECT 1 FROM metrics_contribution LIMIT 1"):
                filled = took(lambda: organisation.found(contributions=rows))
                print(f"filled in {filled:,.0f} s", flush=True)
            for line in measure(day):
                print(line, flush=True)
    finally:
        django.db.connections.close_all()
        servers.leave()


if __name__ == "__main__":
    main()
