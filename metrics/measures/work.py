"""Who does the work of a team: of its counted contributions, those not by staff. Kept with the absence factor."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Min

from lifecycle.measures import Measure
from lifecycle.models import Criterion
from metrics.acts import COUNTS, PATHWAYS
from metrics.evidence import Evidence, alike, by_team, together
from metrics.figure import Json
from metrics.populations import PEOPLE

#: Each share is of so many days, the window of the absence factor.
DAYS: Final = 365
#: Ends of months before the as-of day.
MONTHS: Final = 12

# Each person's acts are found by their days, as the absence factor finds them (metrics/measures/contributions.py).
WORK = f"""
WITH {PATHWAYS}, asked AS (
    SELECT * FROM unnest(%(teams)s::int[], %(first)s::date[], %(last)s::date[]) AS one (team_id, first, last)
), works AS (
    SELECT * FROM unnest(%(works_in)s::int[], %(workers)s::int[]) AS one (team_id, contributor_id)
)
SELECT asked.team_id, {{of}}, COALESCE(sum(made.number) FILTER (WHERE works.team_id IS NULL), 0)::int,
       sum(made.every)::int, max(made.day)
  FROM asked JOIN pathway USING (team_id)
  JOIN metrics_span person ON person.team_id = pathway.team_id AND person.pathway_id = pathway.id AND person.level = 0
       AND person.team_id = ANY(%(teams)s)
       AND person.population & {PEOPLE} > 0 AND person.from_on <= asked.last
  LEFT JOIN works ON works.team_id = asked.team_id AND works.contributor_id = person.contributor_id
 CROSS JOIN LATERAL (
    SELECT c.day, count(*) FILTER (WHERE c.state = 0) AS number, count(*) AS every FROM metrics_contribution c
     WHERE c.team_id = pathway.team_id AND c.pathway_id = pathway.id AND c.contributor_id = person.contributor_id
       AND c.day BETWEEN asked.first AND asked.last AND {COUNTS}
     GROUP BY c.day
    OFFSET 0
 ) AS made
 GROUP BY asked.team_id, {{of}}
"""
BY_DAY, BY_PERSON = WORK.format(of="made.day"), WORK.format(of="person.contributor_id")


def work(evidence: Evidence) -> list[Json]:
    """Contributions, and those not by staff, of the 365 days to each of twelve ends of months and the as-of day.

    Counted for teams whose gate asks for leaders or mentors, or did in an earlier stage; nothing for the others. People
    who work with the team count as staff here, as nothing that they do counts toward its gate.
    """
    if not is_told(evidence):
        return []
    rows = _by_day(evidence)
    told: list[Json] = []
    for last in _ends(evidence.as_of):
        inside = [(number, every) for day, number, every, _day in rows if last - timedelta(days=DAYS) < day <= last]
        told.append(
            {
                "last": last.isoformat(),
                "volunteers": sum(number for number, _ in inside),
                "every": sum(every for _, every in inside),
            }
        )
    return told


def is_told(evidence: Evidence) -> bool:
    """Whether leadership is asked of the team: from the first stage on whose gate asks for leaders or mentors."""
    order = _asking(evidence)
    return order is not None and evidence.team.stage.order >= order


@together
def _asking(batch: Sequence[Evidence]) -> dict[int, int | None]:
    asking = Criterion.objects.filter(measure__in=[Measure.LEADERS, Measure.MENTORS], retired=False)
    return alike(batch, asking.filter(stage__retired=False).aggregate(order=Min("stage__order"))["order"])


@together
def _by_day(batch: Sequence[Evidence]) -> dict[int, list[Any]]:
    """(day, contributions not by staff, all of them) of the teams that are asked for leadership."""
    told = [one for one in batch if is_told(one)]
    return by_team(batch, _rows(BY_DAY, [(one, _ends(one.as_of)[0], one.as_of) for one in told]))


def by_person(evidence: Evidence, last: date) -> list[tuple[int, int, int, date]]:
    """Of the 365 days to a day: (contributor, contributions not by staff, all of them, the day of the last one)."""
    rows = _rows(BY_PERSON, [(evidence, last, last)])
    return [(person, number, every, day) for _team, person, number, every, day in rows]


def _rows(statement: str, asked: Sequence[tuple[Evidence, date, date]]) -> list[tuple[Any, ...]]:
    """Of each team, from the year to the first day on to the last day."""
    works = [(one.team.pk, person) for one, _first, _last in asked for person in sorted(one.left_out_ids)]
    values: dict[str, Any] = {
        "teams": [one.team.pk for one, _first, _last in asked],
        "first": [first - timedelta(days=DAYS - 1) for _one, first, _last in asked],
        "last": [last for _one, _first, last in asked],
        "works_in": [team for team, _person in works],
        "workers": [person for _team, person in works],
        "sources": None,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _ends(day: date) -> list[date]:
    """The last days of the twelve months before a day, the oldest first, and the day."""
    ends = [day]
    while len(ends) <= MONTHS:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends[::-1]
