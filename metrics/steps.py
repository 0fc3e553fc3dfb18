"""How far people come in a pathway: who moved into it, and which of its steps they completed.

Whoever completed a later step came as far as an earlier one, however they got there: so the numbers never rise from
one step to the next, and the difference is who went no further. WALKS is the one query behind a page's numbers and
the people that their explanation lists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from lifecycle import clock
from metrics.acts import COUNTED
from metrics.cohorts import Asked, Parameters
from metrics.drifting import BY_STAFF
from metrics.flows import BORDERS
from metrics.flows import parameters as borders
from pathways.models import Pathway
from pathways.rules import StepSpec
from pathways.standing import Walked
from teams.models import Population

# Moved in is who ever contributed to the pathway, or waits in it as a prospect. A step is completed by so many counted
# acts of its kinds in the pathway, on the day of the last of them; or by hand, on a day that nobody wrote down.
WALKS = f"""
{BORDERS}, {COUNTED}, step AS (
    SELECT s.id, row_number() OVER (ORDER BY s."order")::int AS place, s.count,
           ARRAY(SELECT counts_as FROM kind WHERE kind.id = ANY(s.kinds)) AS kinds
      FROM pathways_step s WHERE s.pathway_id = %(pathway)s
), moved AS (
    SELECT contributor_id, min(from_on) AS moved_on
      FROM (SELECT contributor_id, from_on FROM run WHERE level = 0
            UNION ALL
            SELECT contributor_id, from_on FROM prospect
             WHERE until_on IS NULL OR until_on > %(as_of)s
                OR contributor_id IN (SELECT contributor_id FROM run WHERE level = 0)) AS began
     WHERE from_on <= %(as_of)s
     GROUP BY contributor_id
), done AS (
    SELECT act.contributor_id, step.place, (array_agg(act.day ORDER BY act.day))[step.count] AS day
      FROM act JOIN step ON act.kind = ANY(step.kinds)
     WHERE act.pathway_id = %(pathway)s AND act.day <= %(as_of)s
       AND (%(staff)s::boolean IS NULL OR act.staff = %(staff)s)
     GROUP BY act.contributor_id, step.place, step.count HAVING count(*) >= step.count
    UNION ALL
    SELECT e.contributor_id, step.place, NULL
      FROM pathways_enrolment e
      JOIN pathways_enrolment_completed_steps by_hand ON by_hand.enrolment_id = e.id
      JOIN step ON step.id = by_hand.step_id
     WHERE e.pathway_id = %(pathway)s AND e.enrolled_on <= %(as_of)s
), walk AS (
    SELECT moved.contributor_id, moved.moved_on, COALESCE(max(done.place), 0) AS furthest,
           bool_or(done.place = %(place)s) AS is_done, min(done.day) FILTER (WHERE done.place = %(place)s) AS done_on
      FROM moved LEFT JOIN done USING (contributor_id)
     GROUP BY moved.contributor_id, moved.moved_on
)
"""


@dataclass(frozen=True)
class Walker:
    """Somebody who moved into a pathway: since when, how far, and what they did about the step that was asked for."""

    contributor_id: int
    moved_on: date
    furthest: int
    is_done: bool
    done_on: date | None


def walked(pathway: Pathway, population: Population) -> Walked:
    """The steps, and how many have come how far by today."""
    return furthest(Asked(pathway.team, clock.today(), population, pathway))


def furthest(asked: Asked) -> Walked:
    """The steps, and how many went no further than each up to the as-of day, first who completed none. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{WALKS}
            SELECT s.name, s.kinds, s.count, s.id, count(walk.contributor_id)
              FROM (SELECT 0 AS place, NULL AS id UNION ALL SELECT place, id FROM step) AS each
              LEFT JOIN pathways_step s ON s.id = each.id
              LEFT JOIN walk ON walk.furthest = each.place
             GROUP BY each.place, s.id ORDER BY each.place
            """,
            _parameters(asked),
        )
        rows = cursor.fetchall()
    return Walked(asked.as_of, [StepSpec(*step) for *step, _number in rows[1:]], [number for *_step, number in rows])


def walkers(asked: Asked, place: int) -> Sequence[Walker]:
    """Who came as far as a step (0: who moved in), those who came last first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{WALKS}
            SELECT contributor_id, moved_on, furthest, COALESCE(is_done, false), done_on
              FROM walk WHERE furthest >= %(place)s ORDER BY moved_on DESC, contributor_id
            """,
            {**_parameters(asked), "place": place},
        )
        return [Walker(*row) for row in cursor.fetchall()]


def _parameters(asked: Asked) -> Parameters:
    return {
        **borders(asked),
        "teams": [asked.team.pk],
        "contributors": None,
        "sources": None,
        "staff": BY_STAFF.get(asked.bit),
        "place": 0,
    }
