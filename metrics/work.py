"""Who does the work of a team: of its counted contributions, those that are not staff's."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import connection

from metrics.acts import COUNTS, PATHWAYS
from metrics.evidence import Evidence
from metrics.measures.contributions import YEAR
from metrics.populations import PEOPLE

#: Points of the line: the ends of the months before, and the as-of day.
MONTHS: Final = 12

# Each person's acts are found by their days, as the absence factor finds them (metrics/measures/contributions.py).
BY_DAY = f"""
WITH {PATHWAYS}
SELECT made.day, sum(made.number) FILTER (WHERE person.contributor_id <> ALL(%(left_out)s))::int,
       sum(made.every)::int
  FROM pathway
  JOIN metrics_span person ON person.team_id = pathway.team_id AND person.pathway_id = pathway.id AND person.level = 0
       AND person.population & {PEOPLE} > 0 AND person.from_on <= %(last)s
 CROSS JOIN LATERAL (
    SELECT c.day, count(*) FILTER (WHERE c.state = 0) AS number, count(*) AS every FROM metrics_contribution c
     WHERE c.team_id = pathway.team_id AND c.pathway_id = pathway.id AND c.contributor_id = person.contributor_id
       AND c.day BETWEEN %(first)s AND %(last)s AND {COUNTS}
     GROUP BY c.day
    OFFSET 0
 ) AS made
 GROUP BY made.day
"""


@dataclass(frozen=True)
class Work:
    """The contributions of the 365 days that end on a day."""

    last: date
    volunteers: int
    every: int

    @property
    def percent(self) -> int:
        """The share that is not staff's, in whole per cent, cut; 0 of nothing."""
        return 100 * self.volunteers // self.every if self.every else 0


def work_of(evidence: Evidence) -> list[Work]:
    """The year that ends on the as-of day, and those that ended with each of twelve months before. One query.

    People who work with the team count as staff here, as nowhere else does what they do count toward its gate.
    """
    ends = [*_month_ends(evidence.as_of), evidence.as_of]
    asked = {
        "teams": [evidence.team.pk],
        "sources": None,
        "left_out": sorted(evidence.left_out_ids),
        "first": ends[0] - timedelta(days=YEAR - 1),
        "last": ends[-1],
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, asked)
        rows = cursor.fetchall()
    told = []
    for last in ends:
        inside = [row for row in rows if last - timedelta(days=YEAR) < row[0] <= last]
        told.append(Work(last, sum(volunteers or 0 for _, volunteers, _ in inside), sum(every for *_, every in inside)))
    return told


def _month_ends(day: date) -> list[date]:
    """The last days of the twelve months before a day, the oldest first."""
    ends: list[date] = []
    while len(ends) < MONTHS:
        day = day.replace(day=1) - timedelta(days=1)
        ends.append(day)
    return ends[::-1]
