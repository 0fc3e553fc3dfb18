"""Where people stand, as columns of a list: levels from the spans, acts from the counted contributions.

All of a person's acts are read here, staff's and bots' too (the population EVERYTHING), for the list shows everybody.
"""

from datetime import date
from typing import Any

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

# A look into the track for each pathway of a person: of the last act its end, of the acts of a year only those.
# What does not count is read once a list, and not once a person: that is what MATERIALIZED is for.
ACTS = f"""(
    WITH {PATHWAYS % {"teams": "ARRAY[%s]", "sources": "NULL"}}, withheld AS MATERIALIZED (
        SELECT team_id, id, {WITHHELD} FROM pathway {{those}}
    )
    SELECT {{what}} FROM withheld
     CROSS JOIN LATERAL (
        SELECT c.day FROM metrics_contribution c
         WHERE c.team_id = withheld.team_id AND c.pathway_id = withheld.id
           AND c.contributor_id = "pathways_contributor"."id" AND {COUNTS} {{only}}
     ) AS act
)"""
LAST = {"what": "max(act.day)", "only": "ORDER BY c.day DESC LIMIT 1"}
IN_A_YEAR = {"what": "count(*)", "only": f"AND c.day BETWEEN %s::date - {YEAR - 1} AND %s"}


def columns(people: QuerySet[Contributor], asked: Counted) -> QuerySet[Contributor]:
    """The people with `level`, `lapses_on`, `first_on`, `last_on` and `acts`."""
    mine = Span.objects.of(asked.team, EVERYTHING, asked.pathway).filter(contributor_id=OuterRef("pk"))
    held = mine.on(asked.as_of).order_by("-level")  # of one level there is one run on a day
    return people.annotate(
        level=Subquery(held.values("level")[:1]),
        lapses_on=NullIf(Subquery(held.values("until_on")[:1]), NEVER, output_field=DateField()),
        first_on=Subquery(mine.filter(level=Level.CONTRIBUTOR).values("from_on")[:1]),
        last_on=RawSQL(*_acts(asked, **LAST), DateField()),  # noqa: S611
        acts=RawSQL(*_acts(asked, asked.as_of, asked.as_of, **IN_A_YEAR), IntegerField()),  # noqa: S611
    )


def _acts(asked: Counted, *days: date, what: str, only: str) -> tuple[str, list[Any]]:
    """SQL of something about each person's counted acts, and its parameters."""
    those = "" if asked.pathway is None else "WHERE id = %s"
    pathway = [] if asked.pathway is None else [asked.pathway.pk]
    return ACTS.format(what=what, only=only, those=those), [asked.team.pk, asked.team.pk, *pathway, *days]


def day(team: Team) -> date:
    """How far the data goes, at most today."""
    return Evidence(team).as_of
