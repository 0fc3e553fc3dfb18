"""Which conditions hold most teams back: of the required ones that are not settled, told by the teams' glances."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from lifecycle.models import Stage
from teams import glances
from teams.models import Team
from teams.models.team import TeamQuerySet

# The rows hold, for they were just asked for: a glance is of its team's present version.
LACKING = """
WITH counted AS ({teams}), lacking AS (
    SELECT counted.id AS team_id, counted.stage_id, lack->>'key' AS key, lack->>'label' AS label,
           lack->>'state' AS state, lack->>'lack' AS words
      FROM counted
      JOIN teams_glance g ON g.team_id = counted.id AND g.language = %s
     CROSS JOIN LATERAL jsonb_array_elements(g.lacks) AS lack
)
"""
HOLDING = f"""{LACKING}
SELECT stage_id, key, label, count(*), count(*) FILTER (WHERE state = 'unknown'),
       (SELECT count(*) FROM counted other WHERE other.stage_id = lacking.stage_id)
  FROM lacking GROUP BY 1, 2, 3
"""
EACH = f"""{LACKING}
SELECT team_id, label, state, words FROM lacking WHERE stage_id = %s AND key = %s ORDER BY team_id
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


@dataclass(frozen=True)
class Held:
    """One team that a condition holds back: how the condition stands there, and what it lacks."""

    team_id: int
    label: str
    state: str
    words: str


def holding(teams: TeamQuerySet, stages: Sequence[Stage]) -> list[Holding]:
    """The conditions in the way of teams that are not retired, those that hold most of them first.

    Two queries, once every team's row holds.
    """
    by_key = {stage.pk: stage for stage in stages}
    found = [Holding(by_key[stage], *told) for stage, *told in _rows(HOLDING, teams) if stage in by_key]
    return sorted(found, key=lambda row: (-row.teams, row.stage.order, row.label))


def held(teams: TeamQuerySet, stage: Stage, key: str) -> list[Held]:
    """The teams that one row of `holding` counts. As many queries."""
    return [Held(*row) for row in _rows(EACH, teams, stage.pk, key)]


def _rows(statement: str, teams: TeamQuerySet, *asked: str | int) -> list[tuple[Any, ...]]:
    present = teams.exclude(state=Team.State.RETIRED)
    if late := glances.behind_among(present):
        glances.refresh(late)
    sql, values = present.order_by().values("id", "stage_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(teams=sql), [*values, glances.language(), *asked])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
