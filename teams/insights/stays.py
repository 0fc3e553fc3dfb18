"""How long teams stay in each stage: of the stays that are over, and of those that still run, apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lifecycle import clock
from lifecycle.models import Stage
from teams.models.team import TeamQuerySet

# A stay lasts from one decision that moves the team to the next; a declined request moves nobody. A retired team is in
# no stage any more: its last stay neither ended nor runs. The days of a pause are no days of a stay.
LENGTH = """
WITH counted AS ({teams}), stay AS (
    SELECT p.team_id, p.to_stage_id AS stage_id, p.effective_on AS entered_on,
           lead(p.effective_on) OVER (PARTITION BY p.team_id ORDER BY p.seq) AS left_on
      FROM teams_promotion p JOIN counted ON counted.id = p.team_id
     WHERE p.kind <> 'declined'
), spell AS (
    SELECT team_id, state, s.on AS first, lead(s.on) OVER (PARTITION BY team_id ORDER BY s.on, s.id) AS until
      FROM teams_statechange s WHERE team_id IN (SELECT id FROM counted)
), length AS (
    SELECT stay.team_id, stay.stage_id, entered_on, left_on, ends - entered_on AS walked, COALESCE((
               SELECT sum(GREATEST(0, LEAST(COALESCE(until, ends), ends) - GREATEST(first, entered_on)))
                 FROM spell WHERE spell.team_id = stay.team_id AND spell.state <> 'active'), 0) AS paused
      FROM stay JOIN counted ON counted.id = stay.team_id
     CROSS JOIN LATERAL (SELECT COALESCE(left_on, %s::date) AS ends) AS till
     WHERE stay.left_on IS NOT NULL OR counted.state <> 'retired'
)
"""
STAYS = f"""{LENGTH}
SELECT stage_id, left_on IS NOT NULL, count(*),
       percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY walked - paused)
  FROM length GROUP BY 1, 2
"""
EACH = f"""{LENGTH}
SELECT team_id, entered_on, left_on, walked - paused, paused
  FROM length WHERE stage_id = %s AND (left_on IS NOT NULL) = %s
 ORDER BY walked - paused DESC, entered_on, team_id
"""


@dataclass(frozen=True)
class Lengths:
    """So many stays, and their quartiles in days."""

    stays: int
    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class StageStays:
    """The stays in one stage; None where there are none."""

    stage: Stage
    over: Lengths | None
    running: Lengths | None


@dataclass(frozen=True)
class OneStay:
    """One team's stay in a stage: `days` without those `paused`; no `left_on` while it runs."""

    team_id: int
    entered_on: date
    left_on: date | None
    days: int
    paused: int


def stays(teams: TeamQuerySet, stages: Sequence[Stage], today: date | None = None) -> list[StageStays]:
    """A row a stage, in order. One query."""
    found = {(stage, is_over): Lengths(count, *parts) for stage, is_over, count, parts in _rows(STAYS, teams, today)}
    return [StageStays(stage, found.get((stage.pk, True)), found.get((stage.pk, False))) for stage in stages]


def each_stay(teams: TeamQuerySet, stage: Stage, *, is_over: bool, today: date | None = None) -> list[OneStay]:
    """The stays that one row of `stays` is made of, the longest first. One query."""
    return [OneStay(*row) for row in _rows(EACH, teams, today, stage.pk, is_over)]


def _rows(statement: str, teams: TeamQuerySet, today: date | None, *asked: str | int) -> list[tuple[Any, ...]]:
    sql, values = teams.order_by().values("id", "state").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(teams=sql), [*values, today or clock.today(), *asked])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
