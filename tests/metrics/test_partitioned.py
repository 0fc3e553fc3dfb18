"""The growth path: the engine runs unchanged with the contributions hash-partitioned by team (docs/scaling.md)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from lifecycle import jobs
from metrics import reconcile, recount
from metrics.models import Contribution
from pathways import contributors, merging
from pathways.models import ConversionPoint, Identity, Level, Pathway
from teams.models import Role, Team
from tests.factories import MembershipFactory, PathwayFactory, PointFactory
from tests.metrics.files import DAY, NOON, deliver, file_of, row, sample, source_for

pytestmark = pytest.mark.django_db
PARTITIONS = 4
TEAMS = (9001, 9002, 9003)  # by number, for that tells the partition

#: All that hangs on the table, as the catalog spells it: keys and checks, other indexes, triggers.
HANGING = """
SELECT format('ALTER TABLE %I ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE conrelid = 'metrics_contribution'::regclass AND contype <> 'n'
UNION ALL
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'metrics_contribution'::regclass
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL
SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'metrics_contribution'::regclass AND NOT tgisinternal
"""
NAMES = """
SELECT conname FROM pg_constraint WHERE conrelid = 'metrics_contribution'::regclass AND contype <> 'n'
UNION SELECT relname FROM pg_class JOIN pg_index ON indexrelid = oid WHERE indrelid = 'metrics_contribution'::regclass
UNION SELECT tgname FROM pg_trigger WHERE tgrelid = 'metrics_contribution'::regclass AND NOT tgisinternal
 ORDER BY 1
"""
SPANS = """
SELECT p.slug, c.name, s.level, s.population, s.from_on, s.until_on, s.is_first
  FROM metrics_span s JOIN teams_team t ON t.id = s.team_id JOIN pathways_contributor c ON c.id = s.contributor_id
  LEFT JOIN pathways_pathway p ON p.id = s.pathway_id
 WHERE t.slug = %s
"""
WEEKS = """
SELECT p.slug, to_jsonb(w) - '{id,team_id,pathway_id}'::text[]
  FROM teams_weeklycount w JOIN teams_team t ON t.id = w.team_id LEFT JOIN pathways_pathway p ON p.id = w.pathway_id
 WHERE t.slug = %s
"""
MEASUREMENTS = """
SELECT measure, window_days, value, reason, points, detail, as_of, valid_until
  FROM teams_measurement m JOIN teams_team t ON t.id = m.team_id WHERE t.slug = %s
"""


def run(sql: str, values: object = None) -> list[Any]:
    """The rows of a query, or none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


@contextmanager
def undone() -> Iterator[None]:
    """What happens in it leaves nothing behind: tables and triggers are part of a transaction, as rows are."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def partition() -> None:
    """Put a partitioned twin, with all that hangs on the table, in its place."""
    hanging, names = [definition for (definition,) in run(HANGING)], run(NAMES)
    run("CREATE SCHEMA set_aside")
    run("ALTER TABLE metrics_contribution SET SCHEMA set_aside")
    run(
        "CREATE TABLE metrics_contribution (LIKE set_aside.metrics_contribution INCLUDING GENERATED INCLUDING DEFAULTS)"
        " PARTITION BY HASH (team_id)"
    )
    for number in range(PARTITIONS):
        run(
            f"CREATE TABLE metrics_contribution_{number} PARTITION OF metrics_contribution"
            f" FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
        )
    for definition in hanging:
        run(definition)
    assert run(NAMES) == names


def ladder(pathway: Pathway) -> None:
    """A point for each level."""
    PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=90)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=5, w=90)
    PointFactory.create(pathway=pathway, level=Level.CORE, n=25, d=3, m=3, w=180)


def counted() -> dict[str, list[list[Any]]]:
    """What is derived for each team once the triggers' jobs are done, under names instead of numbers."""
    jobs.drain()
    slugs = Team.objects.order_by("slug").values_list("slug", flat=True)
    return {slug: [sorted(run(sql, [slug]), key=repr) for sql in (SPANS, WEEKS, MEASUREMENTS)] for slug in slugs}


def story() -> list[dict[str, list[list[Any]]]]:
    """A real import into each of some teams, and every sort of change; what is counted after each."""
    pathways = [PathwayFactory.create(team__pk=number, team__slug=f"team-{number}", slug="code") for number in TEAMS]
    for number, pathway in zip(TEAMS, pathways, strict=True):
        ladder(pathway)
        source = source_for(pathway, name="Export")
        acts = [
            row(act, name=f"Ann {number}", ts=NOON + act * DAY, email=f"a{number}@home.example") for act in range(6)
        ]
        assert deliver(source, sample("boundary/events.csv")).new == 208  # two are told twice
        assert deliver(source, file_of(*acts, row(9, name="Bo", email=f"bo{number}@home.example"))).new == 7
        again = deliver(source, sample("boundary/events.csv"))
        assert (again.new, again.duplicate) == (0, 210)
    told = [counted()]

    first = pathways[0]
    ann, bo = (
        Identity.objects.get(email=email).contributor
        for email in (f"a{TEAMS[0]}@home.example", f"bo{TEAMS[0]}@home.example")
    )
    editor = MembershipFactory.create(team=first.team, role=Role.ACTIVATOR, user__username="editor").user
    (merge,) = merging.merge(bo, others=[ann], actor=editor, team=first.team)
    told.append(counted())
    Contribution.objects.filter(team=first.team, contributor=bo, day="2024-01-10").update(
        state=Contribution.State.WITHDRAWN
    )
    told.append(counted())
    contributors.set_bot(bo, actor=editor, team=first.team, is_bot=True)
    told.append(counted())
    merging.unmerge(merge, actor=editor, team=first.team)
    told.append(counted())
    ConversionPoint.objects.filter(pathway=first, level=Level.ACTIVE).update(n=2)
    told.append(counted())
    for pathway in pathways:
        recount.recount(pathway.team_id, rebuild=True)
        compared = reconcile.compare(pathway.team_id)
        assert compared is not None
        assert compared.differences == []
    assert counted() == told[-1]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        run("DELETE FROM metrics_contribution")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        run("UPDATE metrics_contribution SET team_id = team_id + 1")
    return told


def test_everything_counts_the_same_when_contributions_are_split_by_team() -> None:
    with undone():
        whole = story()
    assert all(one != other for one, other in pairwise(whole)), "each change is seen"
    with undone():
        partition()
        split = story()
        used = run("SELECT count(DISTINCT tableoid) FROM metrics_contribution")
        apart = run("SELECT count(DISTINCT tableoid) FROM metrics_contribution GROUP BY team_id")
    assert split == whole
    assert used[0][0] > 1
    assert apart == [(1,)] * len(TEAMS)


def test_a_question_about_one_team_reads_one_partition() -> None:
    with undone():
        partition()
        plan = run("EXPLAIN SELECT day FROM metrics_contribution WHERE team_id = 7 AND pathway_id = 1")
    assert len(set(re.findall(r"metrics_contribution_\d", str(plan)))) == 1
