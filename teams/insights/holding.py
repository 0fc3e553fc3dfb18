"""Which conditions hold most teams back: of the required ones that are not settled, told by the teams' glances."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from lifecycle.models import Stage
from teams import glances
from teams.models import Team
from teams.models.team import TeamQuerySet

# The rows hold, for they were just asked for: a glance is of its team's present version.
HOLDING = """
WITH counted AS ({teams})
SELECT counted.stage_id, lack->>'key', lack->>'label', count(*), count(*) FILTER (WHERE lack->>'state' = 'unknown'),
       (SELECT count(*) FROM counted other WHERE other.stage_id = counted.stage_id)
  FROM counted
  JOIN teams_glance g ON g.team_id = counted.id AND g.language = %s
 CROSS JOIN LATERAL jsonb_array_elements(g.lacks) AS lack
 GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Holding:
    """One condition of a stage: how many of the stage's teams it holds back, `unknown` of them undecided."""

    stage: Stage
    key: str
    label: str
    teams: int
    unknown: int
    of: int

    @property
    def share(self) -> str:
        """The part of the stage's teams, as a width."""
        return f"{100 * self.teams / self.of:.1f}%"


def holding(teams: TeamQuerySet, stages: Sequence[Stage]) -> list[Holding]:
    """The conditions in the way of teams that are not retired, those that hold most of them first.

    Two queries, once every team's row holds.
    """
    present = teams.exclude(state=Team.State.RETIRED)
    if late := glances.behind(present):
        glances.refresh(late)
    by_key = {stage.pk: stage for stage in stages}
    sql, values = present.order_by().values("id", "stage_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(HOLDING.format(teams=sql), [*values, glances.language()])
        found = [Holding(by_key[stage], *told) for stage, *told in cursor.fetchall() if stage in by_key]
    return sorted(found, key=lambda row: (-row.teams, row.stage.order, row.label))
