"""How much the database reads for three questions about many people: in rows, not in seconds.

Each of them once took a plan that read everybody for everybody, or all teams for one, which a small team never notices.
So this one is large, and stands among many small ones, from which the planner takes its guess.
"""

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from itertools import product
from typing import Any, Final

import pytest
from django.db import connection

from metrics import nearing, retention
from metrics.cohorts import Asked
from metrics.models import Import
from pathways import staff
from pathways.models import Level, Pathway
from tests.factories import KindFactory, PathwayFactory, PointFactory, SourceFactory
from tests.metrics.files import DAY, deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db
AS_OF: Final = date(2026, 6, 17)
#: People of the team, then of a larger one, and of all other teams.
FEW, MANY, OTHERS = 150, 600, 6_000
#: So many others that the average team tells the planner nothing of this one.
TEAMS: Final = 1_500
#: Rows that a question may touch for each person of the team. A product of two lists takes hundreds.
MOST: Final = {"near": 150, "stayed": 40, "domains": 70}
TOUCHED: Final = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")

PEOPLE = """
WITH person AS (
    INSERT INTO pathways_contributor (name, is_bot)
    SELECT 'Person', false FROM generate_series(1, %(number)s) RETURNING id
), named AS (
    INSERT INTO pathways_identity (contributor_id, source, name, email, username, join_key)
    SELECT id, 'seen', 'Person', id || '@host' || id %% 9 || '.example', '', 'mail:' || id FROM person
    RETURNING id, contributor_id
), act AS (
    INSERT INTO metrics_contribution
        (key, occurred_at, team_id, pathway_id, contributor_id, identity_id, import_id, kind_id, state)
    SELECT substring(sha256((contributor_id || ' ' || n)::bytea) FROM 1 FOR 11), %(as_of)s::date - 30 * n - 1,
           %(team)s + contributor_id %% %(teams)s, %(pathway)s + contributor_id %% %(teams)s, contributor_id, id,
           %(import)s, %(kind)s, 0
      FROM named, generate_series(1, 3) AS n
)
INSERT INTO metrics_span
    (team_id, pathway_id, contributor_id, level, population, from_on, until_on, is_first)
SELECT %(team)s + id %% %(teams)s, 0, id, level, 15, %(as_of)s::date - 200 - id %% 90, %(as_of)s::date + 100, true
  FROM person, generate_series(0, 2) AS level
"""


def joined_by(pathway: Pathway, number: int, *, teams: int = 1) -> None:
    """So many people more, each with three acts and three levels; of so many teams from the pathway's on."""
    source = pathway.sources.first() or SourceFactory.create(pathway=pathway)
    imported = source.imports.first() or Import.objects.create(source=source)
    kind = KindFactory.create(key="commit")
    ids = {
        "team": pathway.team_id,
        "pathway": pathway.pk,
        "import": imported.pk,
        "kind": kind.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {**ids, "number": number, "teams": teams, "as_of": AS_OF})


def looked_at() -> None:
    """The planner knows of what there is now; of what comes next it knows nothing, as after an import."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE pathways_contributor, pathways_identity, metrics_contribution, metrics_span")


@contextmanager
def counted() -> Any:
    """The rows that the queries within touch, read or thrown away, at every step of their plans."""
    touched = [0]

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        with context["connection"].connection.cursor() as cursor:
            plan = cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params).fetchone()[0]
        touched[0] += rows_of((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield touched


def rows_of(node: dict[str, Any]) -> int:
    """Of a step of a plan, with the steps below it."""
    here = sum(
        int(node.get(what, 0)) for what in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    )
    return here * int(node["Actual Loops"]) + sum(rows_of(each) for each in node.get("Plans", []))


def near(pathway: Pathway) -> int:
    return len(nearing.near(Asked(pathway.team, AS_OF)))


def stayed(pathway: Pathway) -> int:
    return len(retention.joined(Asked(pathway.team, AS_OF), cohorts=8)[Level.ACTIVE])


def domains(pathway: Pathway) -> int:
    return len(staff.suggested(pathway.team))


def wrong_of(pathway: Pathway, people: int) -> list[str]:
    """The questions that read too many rows."""
    wrong = []
    for ask in (near, stayed, domains):
        with counted() as touched:
            assert ask(pathway) > 0
        if touched[0] > MOST[ask.__name__] * people:
            wrong.append(f"{ask.__name__}: {touched[0]} rows for {people} people")
    return wrong


def test_a_question_about_people_reads_some_rows_a_person() -> None:
    pathway, other = PathwayFactory.create(), PathwayFactory.create()
    PointFactory.create(pathway=pathway, level=Level.CORE, n=4, d=1, m=1, w=365)
    joined_by(other, OTHERS, teams=TEAMS)
    wrong: list[str] = []
    for people, more in ((FEW, FEW), (MANY, MANY - FEW)):
        joined_by(pathway, more)
        looked_at()
        wrong += wrong_of(pathway, people)
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("clock")
def test_what_an_import_brought_is_known_to_the_planner_before_autovacuum_comes() -> None:
    """Its people and acts, and the spans that are then counted: the first who looks at the page need not wait."""
    pathway = PathwayFactory.create()
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=2, d=1, m=1, w=365)
    PointFactory.create(pathway=pathway, level=Level.CORE, n=5, d=1, m=1, w=365)
    noon = int(datetime.combine(AS_OF, time(12), UTC).timestamp())
    acts = enumerate(product(range(MANY), (31, 61, 91, 150)))
    rows = (row(n, email=f"p{who}@host{who % 9}.example", ts=noon - DAY * ago) for n, (who, ago) in acts)
    deliver(source_for(pathway), file_of(*rows))
    assert not wrong_of(pathway, MANY)
