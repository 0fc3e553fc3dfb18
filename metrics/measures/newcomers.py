"""New contributors since the stage was entered: moved into a pathway, connected to an opportunity, and on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from metrics.acts import COUNTED
from metrics.evidence import Evidence, by_team, team_ids, together
from metrics.figure import Figure, nothing
from metrics.measures.contributions import YEAR, of_people
from metrics.populations import PEOPLE, VOLUNTEERS

# New is who made the first counted act of all as a volunteer: somebody who changes sides is not new. Connected to
# an opportunity is who began in a pathway that was open that day, or enrolled for a named one.
# One pass over a team's spans and enrolments, grouped by person: joined to each other, a planner that takes them for a
# handful walks each for each row of the other, which at half a million acts is seconds.
NEWCOMERS = """
WITH asked AS (
    SELECT * FROM unnest(%(teams)s::int[], %(first)s::date[], %(last)s::date[]) AS one (team_id, first, last)
), fact AS (
    SELECT s.team_id, s.contributor_id, s.from_on, s.pathway_id = 0 AND s.level = 0 AS begins,
           s.level > 0 AND s.is_first AS rises, s.population & %(seen_by)s > 0 AS is_seen,
           s.population & %(ever)s > 0 AS is_ever,
           s.level = 0 AND p.opened_on <= s.from_on AND (p.closed_on IS NULL OR p.closed_on > s.from_on) AS is_open,
           false AS is_named, false AS has_stepped
      FROM asked JOIN metrics_span s ON s.team_id = asked.team_id AND s.from_on BETWEEN asked.first AND asked.last
      LEFT JOIN pathways_pathway p ON p.id = s.pathway_id
     WHERE s.pathway_id IN (SELECT 0 UNION ALL SELECT id FROM pathways_pathway WHERE team_id = ANY(%(teams)s))
    UNION ALL
    SELECT p.team_id, e.contributor_id, NULL, false, false, false, false, false, e.opportunity <> '',
           EXISTS (SELECT FROM pathways_enrolment_completed_steps d WHERE d.enrolment_id = e.id)
      FROM pathways_enrolment e JOIN pathways_pathway p ON p.id = e.pathway_id
     WHERE p.team_id = ANY(%(teams)s)
), person AS (
    SELECT team_id, contributor_id, min(from_on) FILTER (WHERE begins AND is_seen) AS first_on,
           min(from_on) FILTER (WHERE begins AND is_ever) AS ever_on,
           array_agg(from_on) FILTER (WHERE is_open AND is_seen) AS open_on,
           max(from_on) FILTER (WHERE rises AND is_seen) AS last_on,
           bool_or(is_named) AS is_named, bool_or(has_stepped) AS has_stepped
      FROM fact GROUP BY team_id, contributor_id
)
SELECT team_id, contributor_id, first_on, is_named OR COALESCE(first_on = ANY(open_on), false),
       has_stepped OR COALESCE(last_on > first_on, false)
  FROM person
 WHERE first_on = ever_on
 ORDER BY first_on, contributor_id
"""

# A step after a pathway's first, completed by contributions of its kinds.
STEPS = f"""
WITH {COUNTED}, later AS (
    SELECT step.id, step.pathway_id, step.count,
           ARRAY(SELECT counts_as FROM kind WHERE kind.id = ANY(step.kinds)) AS kinds
      FROM pathways_step step JOIN pathway ON pathway.id = step.pathway_id
     WHERE cardinality(step.kinds) > 0
       AND step."order" > (SELECT min("order") FROM pathways_step first WHERE first.pathway_id = step.pathway_id)
)
SELECT DISTINCT act.team_id, act.contributor_id
  FROM act JOIN later ON later.pathway_id = act.pathway_id AND act.kind = ANY(later.kinds)
  JOIN unnest(%(teams)s::int[], %(last)s::date[]) AS asked (team_id, last) ON asked.team_id = act.team_id
 WHERE NOT act.staff AND act.day <= asked.last
 GROUP BY act.team_id, act.contributor_id, later.id, later.count HAVING count(*) >= later.count
"""


@dataclass(frozen=True)
class Newcomer:
    """Somebody whose first counted act for the team fell in the window."""

    contributor_id: int
    first_on: date
    connected: bool
    through: bool


@together
def _found(batch: Sequence[Evidence], days: int, population: int) -> dict[int, list[Newcomer]]:
    parameters: dict[str, int | list[int] | list[date] | None] = {
        "teams": team_ids(batch),
        "first": [max(one.team.entered_on + timedelta(days=1), one.as_of - timedelta(days=days - 1)) for one in batch],
        "last": [one.as_of for one in batch],
        "seen_by": population,
        "ever": max(population, PEOPLE),
    }
    with connection.cursor() as cursor:
        cursor.execute(NEWCOMERS, parameters)
        found = cursor.fetchall()
        people = sorted({person for _team, person, *_told in found})
        cursor.execute(STEPS, {**parameters, "contributors": people, "sources": None})
        stepped = set(cursor.fetchall())
    return by_team(
        batch,
        (
            (team_id, Newcomer(person, first_on, connected, through or (team_id, person) in stepped))
            for team_id, person, first_on, connected, through in found
        ),
    )


def newcomers(evidence: Evidence, window: int, population: int = VOLUNTEERS) -> list[Newcomer]:
    """First acts after the day the stage was entered, within the window (365 days) that ends on the as-of day."""
    found = _found(evidence, window or YEAR, population)
    return [one for one in found if one.contributor_id not in evidence.left_out_ids]


def ids(evidence: Evidence, window: int, population: int = VOLUNTEERS) -> list[int]:
    """Those who count: connected to an opportunity."""
    return [one.contributor_id for one in newcomers(evidence, window, population) if one.connected]


def new_contributors(evidence: Evidence, window: int) -> Figure:
    """How many new contributors are connected to an opportunity; beside it, how many are already through."""
    if reason := evidence.missing_data:
        return nothing(reason, evidence.as_of)
    found = newcomers(evidence, window)
    connected = [one for one in found if one.connected]
    return of_people(
        evidence,
        Decimal(len(connected)),
        [one.contributor_id for one in connected],
        through=sum(one.through for one in connected),
        unconnected=len(found) - len(connected),
        window_days=window or YEAR,
        entered_on=evidence.team.entered_on.isoformat(),
    )
