"""Flows by calendar month: who came, converted, returned and lapsed, and the stocks that this leaves.

What the weekly rows are by week, asked of the same borders of spans: a border is the day on which somebody begins or
ends to be at a level *or above*. A stock is the running sum of its borders, so start + converted + returned - lapsed
= end, in every month. BORDERS is the one query behind a month's numbers and the people that their explanation lists.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from metrics.cohorts import Asked, Parameters
from metrics.series import month, month_end, months
from pathways.models import Level


class Flow(models.TextChoices):
    """What a border is to a level."""

    CONVERTED = "converted", _("converted")
    RETURNED = "returned", _("returned")
    LAPSED = "lapsed", _("lapsed")


# Level 0 is the contributor: it is reached once and held for ever. Level -1 is the prospect: enrolled by word, until
# the first counted act, in the pathway or (0) anywhere in the team.
BORDERS = """
WITH held AS (
    SELECT s.contributor_id, at_least.level, range_agg(daterange(s.from_on, s.until_on)) AS days
      FROM metrics_span s
      JOIN (VALUES (0), (1), (2), (3)) AS at_least (level)
        ON CASE at_least.level WHEN 0 THEN s.level = 0 ELSE s.level >= at_least.level END
     WHERE s.team_id = %(team)s AND s.pathway_id = %(pathway)s AND s.population & %(bit)s > 0
     GROUP BY 1, 2
), run AS (
    SELECT contributor_id, level, lower(run) AS from_on, upper(run) AS until_on, lower(run) = lower(days) AS is_first
      FROM held CROSS JOIN LATERAL unnest(days) AS run
), prospect AS (
    SELECT e.contributor_id, min(e.enrolled_on) AS from_on, min(act.from_on) AS until_on
      FROM pathways_enrolment e
      JOIN pathways_pathway p ON p.id = e.pathway_id AND p.team_id = %(team)s AND %(pathway)s IN (0, p.id)
      JOIN pathways_contributor c ON c.id = e.contributor_id AND NOT c.is_bot
      LEFT JOIN metrics_span act ON act.team_id = %(team)s AND act.pathway_id = %(pathway)s
                AND act.contributor_id = e.contributor_id AND act.level = 0 AND act.population & 4 > 0
     GROUP BY e.contributor_id
    HAVING (CASE WHEN metrics_is_staff(e.contributor_id, '', min(e.enrolled_on)) THEN 2 + 4 ELSE 1 + 4 END)
           & %(bit)s > 0 AND (min(act.from_on) IS NULL OR min(act.from_on) > min(e.enrolled_on))
), border AS (
    SELECT contributor_id, level, from_on AS day, CASE WHEN is_first THEN 'converted' ELSE 'returned' END AS flow
      FROM run
    UNION ALL SELECT contributor_id, level, until_on, 'lapsed' FROM run
    UNION ALL SELECT contributor_id, -1, from_on, 'converted' FROM prospect
    UNION ALL SELECT contributor_id, -1, until_on, 'lapsed' FROM prospect WHERE until_on IS NOT NULL
)
"""
PROSPECT = -1


@dataclass(frozen=True)
class Step:
    """One level in one month: start + converted + returned - lapsed = end."""

    start: int
    converted: int
    returned: int
    lapsed: int

    @property
    def end(self) -> int:
        """The stock on the month's last day, or on the as-of day."""
        return self.start + self.converted + self.returned - self.lapsed


@dataclass(frozen=True)
class Month:
    """A calendar month, up to the as-of day if it still runs. Levels are cumulative."""

    first: date
    last: date
    new: int
    prospects: int
    casual: Step
    active: Step
    core: Step


def by_month(asked: Asked) -> list[Month]:
    """Every month from the first border to the as-of day's, in order. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{BORDERS}
            SELECT date_trunc('month', day)::date, level, flow, count(*) FROM border WHERE day <= %(as_of)s
             GROUP BY 1, 2, 3
            """,
            parameters(asked),
        )
        counted = Counter({(month(first), level, flow): number for first, level, flow, number in cursor.fetchall()})
    if not counted:
        return []
    told = []
    stocks = Counter[int]()
    for name in months(date.fromisoformat(f"{min(counted)[0]}-01"), asked.as_of):
        steps = {
            level: Step(stocks[level], *(counted[name, level, flow.value] for flow in Flow))
            for level in (PROSPECT, *Level)
        }
        stocks = Counter({level: step.end for level, step in steps.items()})
        told.append(
            Month(
                first=date.fromisoformat(f"{name}-01"),
                last=min(month_end(name), asked.as_of),
                new=steps[Level.CONTRIBUTOR].converted,
                prospects=stocks[PROSPECT],
                casual=steps[Level.CASUAL],
                active=steps[Level.ACTIVE],
                core=steps[Level.CORE],
            )
        )
    return told


@dataclass(frozen=True)
class Crossing:
    """One person who crossed a border on a day."""

    contributor_id: int
    day: date


def crossings(asked: Asked, level: Level, flow: Flow, *, first: date, last: date) -> list[Crossing]:
    """Who crossed the borders of one flow on the days first ... last: the people behind a month's number.

    Somebody who lapsed and returned twice in these days stands here twice, as in the sum.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{BORDERS}
            SELECT contributor_id, day FROM border
             WHERE level = %(level)s AND flow = %(flow)s AND day BETWEEN %(first)s AND LEAST(%(last)s, %(as_of)s)
             ORDER BY day, contributor_id
            """,
            {**parameters(asked), "level": int(level), "flow": str(flow), "first": first, "last": last},
        )
        return [Crossing(*row) for row in cursor.fetchall()]


def prospects(asked: Asked) -> list[Crossing]:
    """Who is enrolled by word on the as-of day and has not contributed yet, each with the day of enrolment."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{BORDERS}
            SELECT contributor_id, from_on FROM prospect
             WHERE from_on <= %(as_of)s AND (until_on IS NULL OR until_on > %(as_of)s)
             ORDER BY from_on, contributor_id
            """,
            parameters(asked),
        )
        return [Crossing(*row) for row in cursor.fetchall()]


def parameters(asked: Asked) -> Parameters:
    """What BORDERS asks for."""
    return {
        "team": asked.team.pk,
        "pathway": asked.pathway.pk if asked.pathway else 0,
        "bit": asked.bit,
        "as_of": asked.as_of,
    }


def sum_of(steps: list[Step]) -> Step:
    """Several months in a row as one."""
    return Step(
        start=steps[0].start,
        converted=sum(step.converted for step in steps),
        returned=sum(step.returned for step in steps),
        lapsed=sum(step.lapsed for step in steps),
    )
