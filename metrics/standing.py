"""Where people stand, as columns of a list: levels from the spans, acts from the counted contributions.

All of a person's acts are read here, staff's and bots' too (the population EVERYTHING), for the list shows everybody.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection
from django.db.models import DateField, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import NullIf

from metrics.acts import COUNTS, PATHWAYS, WITHHELD
from metrics.evidence import Evidence
from metrics.models import Span
from metrics.populations import EVERYTHING
from pathways.models import Contributor, Level
from pathways.standing import Counted
from teams.models import Team

#: The window of the number of acts.
YEAR = 365
NEVER = date.max

#: What does not count, read once a list and not once a person: WITHHELD of each pathway.
WITHHOLDING = f"WITH {PATHWAYS} SELECT id, {WITHHELD} FROM pathway WHERE %(pathway)s::int IS NULL OR id = %(pathway)s"

# A look into the track for each pathway of a person: of the last act its end, of the acts of a year only those.
ACTS = """(
    SELECT {what} FROM (VALUES {pathways}) AS pathway (id, refused, off, skipped)
     CROSS JOIN LATERAL (
        SELECT c.day FROM metrics_contribution c
         WHERE c.team_id = %s AND c.pathway_id = pathway.id AND c.contributor_id = "pathways_contributor"."id"
           AND {counts} {only}
     ) AS act
)"""
ONE = "(%s::int, %s::int[], %s::int[], %s::bigint[])"


def columns(people: QuerySet[Contributor], asked: Counted) -> QuerySet[Contributor]:
    """The people with `level`, `lapses_on`, `first_on`, `last_on` and `acts`. One query, for what does not count."""
    mine = Span.objects.of(asked.team, EVERYTHING, asked.pathway).filter(contributor_id=OuterRef("pk"))
    held = mine.on(asked.as_of).order_by("-level")  # of one level there is one run on a day
    with connection.cursor() as cursor:
        values = {"teams": [asked.team.pk], "sources": None, "pathway": asked.pathway.pk if asked.pathway else None}
        cursor.execute(WITHHOLDING, values)
        pathways = cursor.fetchall()
    year = [asked.as_of - timedelta(days=YEAR - 1), asked.as_of]
    return people.annotate(
        level=Subquery(held.values("level")[:1]),
        lapses_on=NullIf(Subquery(held.values("until_on")[:1]), NEVER, output_field=DateField()),
        first_on=Subquery(mine.filter(level=Level.CONTRIBUTOR).values("from_on")[:1]),
        last_on=RawSQL(*_acts(asked.team, pathways, "max(act.day)", "ORDER BY c.day DESC LIMIT 1"), DateField()),  # noqa: S611
        acts=RawSQL(*_acts(asked.team, pathways, "count(*)", "AND c.day BETWEEN %s AND %s", year), IntegerField()),  # noqa: S611
    )


def _acts(
    team: Team, pathways: Sequence[Sequence[object]], what: str, only: str, days: Sequence[date] = ()
) -> tuple[str, list[object]]:
    """SQL of something about each person's counted acts, and its parameters."""
    rows = pathways or [(0, [], [], [])]
    sql = ACTS.format(what=what, pathways=", ".join([ONE] * len(rows)), counts=COUNTS, only=only)
    return sql, [*(value for row in rows for value in row), team.pk, *days]


def day(team: Team) -> date:
    """How far the data goes, at most today."""
    return Evidence(team).as_of
