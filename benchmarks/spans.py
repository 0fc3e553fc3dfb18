"""The engine against the limit: deriving all spans, by a bare scan with an aggregate of the same table."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from django.db import connection, transaction

from metrics import spans
from metrics.recount import recount
from pathways.models import Kind, Level
from teams.models import Team
from tests.factories import KindFactory, PathwayFactory, PointFactory, SourceFactory

SEED = 0.42
REPEAT = 3
#: A heavy tail: the share of a contributor falls with the square of a uniform number.
PEOPLE_PER_CONTRIBUTION = 0.1
PATHWAYS = 4

FILL = """
WITH dice AS (SELECT number, random() AS who, random() AS way, random() AS day FROM generate_series(1, %(rows)s) number)
INSERT INTO metrics_contribution (id, occurred_at, team_id, pathway_id, contributor_id, identity_id, source_id,
                                  import_id, kind_id)
SELECT md5(number::text)::uuid, timestamptz '2016-01-01 12:00Z' + floor(3650 * day)::int * interval '1 day', %(team)s,
       (%(pathways)s::int[])[1 + floor(way * %(ways)s)::int], person, person, %(source)s, 0, %(kind)s
  FROM dice CROSS JOIN LATERAL (SELECT 1000000 + floor(who * who * %(people)s)::int AS person) AS one
 ORDER BY 4, 5, 2
"""


@dataclass(frozen=True)
class Result:
    """One figure; `ratio` is against the bare scan of the same run."""

    what: str
    rows: int
    seconds: float
    ratio: float


def seconds(work: Callable[[], object]) -> float:
    """Median of a few runs."""
    found = []
    for _ in range(REPEAT):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return median(found)


def seed(rows: int) -> Team:
    """One team with so many contributions in four pathways, under the organisation's default points."""
    kind: Kind = KindFactory.create(key="commit")
    first = PathwayFactory.create()
    pathways = [first, *PathwayFactory.create_batch(PATHWAYS - 1, team=first.team)]
    for pathway in pathways:
        PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=365)
        PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=4, d=2, w=365)
        PointFactory.create(pathway=pathway, level=Level.CORE, n=25, d=10, m=3, w=365)
    people = int(rows * PEOPLE_PER_CONTRIBUTION)
    source = SourceFactory.create(pathway=first)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [SEED])
        cursor.execute(
            "INSERT INTO pathways_contributor (id, name, is_bot)"
            " SELECT number, number::text, false FROM generate_series(1000000, %s) number",
            [1_000_000 + people],
        )
        cursor.execute(
            FILL,
            {
                "rows": rows,
                "team": first.team_id,
                "pathways": [pathway.pk for pathway in pathways],
                "ways": PATHWAYS,
                "people": people,
                "source": source.pk,
                "kind": kind.pk,
            },
        )
        cursor.execute("VACUUM ANALYZE metrics_contribution")
    return first.team


def touch(team: Team, pairs: int) -> None:
    """Put some pairs aside, as an import of so many contributions would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metrics_touched SELECT DISTINCT team_id, pathway_id, contributor_id FROM ("
            " SELECT * FROM metrics_contribution WHERE team_id = %s ORDER BY id LIMIT %s) picked"
            " ON CONFLICT DO NOTHING",
            [team.pk, pairs],
        )


def measure(rows: int) -> list[Result]:
    """Scan, rebuild, incremental and recount of one seeded team."""
    team = seed(rows)

    def scan() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pathway_id, count(*), max(day) FROM metrics_contribution GROUP BY pathway_id")
            cursor.fetchall()

    def rebuild() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            spans.rebuild(cursor, team.pk)

    def increment() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            touch(team, 100)
            spans.recompute(cursor, team.pk)

    limit = seconds(scan)
    found = [("scan with aggregate (the limit)", limit), ("all spans of a team", seconds(rebuild))]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE metrics_span")
    found += [
        ("spans of 100 touched pairs", seconds(increment)),
        ("recount without a change", seconds(lambda: recount(team.pk))),
    ]
    return [Result(what, rows, took, took / limit) for what, took in found]
