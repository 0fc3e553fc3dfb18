"""Growth against what the stage asks for: the course of active contributors since it was entered. No queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from django.utils.translation import gettext as _

from lifecycle.charts import Tell
from lifecycle.course import Course, course
from lifecycle.days import in_words
from lifecycle.measures import Operator
from teams import wording
from teams.courses import Point, course_of
from teams.dashboard.numbers import Frame
from teams.gates import Condition, Verdict
from teams.judging import GROWTH
from teams.models import Measurement, Population, Team
from teams.trajectories import with_outlook


@dataclass(frozen=True)
class MonthRow:
    """The last Sunday of a month: how many are active, and what part of the target that is."""

    day: date
    active: int
    part: int | None
    is_ahead: bool


@dataclass(frozen=True)
class GrowthChart(Frame):
    """The line since the entry, and how it would fall if nobody acted again."""

    drawn: Course
    now: int
    left: int
    ends: date
    months: Sequence[MonthRow]


@dataclass(frozen=True)
class Week:
    """One of the weeks in a row on which growth has to hold."""

    day: date
    words: str
    holds: bool


@dataclass(frozen=True)
class Growth:
    """What the gate knows of growth, and the picture of it. Numbers are None where they cannot be told."""

    condition: Condition
    baseline: int | None
    now: int | None
    target: int | None
    weeks: Sequence[Week]
    chart: GrowthChart | None


def growth_of(team: Team, verdict: Verdict) -> Growth | None:
    """The growth that the stage's gate asks for; None where it asks for none."""
    condition = next((row for row in verdict.conditions if row.measure in GROWTH), None)
    if condition is None:
        return None
    found = condition.measurement
    detail = found.detail if found else {}
    target = _target(condition)
    return Growth(
        condition=with_outlook(team, [condition])[0],
        baseline=detail.get("baseline"),
        now=detail.get("now"),
        target=None if target is None else int(target.to_integral_value(ROUND_CEILING)),
        weeks=_weeks(condition, found) if found else [],
        chart=_chart(team, condition, found, target) if found else None,
    )


def _target(condition: Condition) -> Decimal | None:
    """The people that the criterion asks for: so many times those on the day of entry."""
    if condition.criterion is None or condition.criterion.threshold is None or not condition.baseline:
        return None
    return Decimal(condition.criterion.threshold) * condition.baseline


def _weeks(condition: Condition, found: Measurement) -> list[Week]:
    criterion, measure = condition.criterion, condition.measure
    if criterion is None or criterion.threshold is None or measure is None:
        return []
    told = [(date.fromisoformat(point["week"]), Decimal(point["value"])) for point in found.points]
    operator, threshold = Operator(criterion.operator), Decimal(criterion.threshold)
    return [
        Week(day, wording.have(measure, operator, value), wording.holds(value, operator, threshold))
        for day, value in told
    ]


def _chart(team: Team, condition: Condition, found: Measurement, target: Decimal | None) -> GrowthChart | None:
    points = course_of(found)
    drawn = course(
        [point.day for point in points],
        [point.active for point in points],
        as_of=found.as_of,
        target=None if target is None else float(target),
        checked=(checked := {week.day: week.holds for week in _weeks(condition, found)}),
        tell=_teller(found.as_of, checked),
    )
    if drawn is None:
        return None
    now, last = found.detail["now"], points[-1]  # of the as-of day, as the gate says it: no Sunday as a rule
    return GrowthChart(
        title=_title(team, condition, now, target),
        label=_(
            "Line of active contributors by week since the stage was entered, %(now)d now; "
            "if nobody acted again, %(left)d in a year"
        )
        % {"now": now, "left": last.active},
        population=str(Population.VOLUNTEERS.label),
        begins=points[0].day,
        as_of=found.as_of,
        explain="",
        drawn=drawn,
        now=now,
        left=last.active,
        ends=last.day,
        months=_months(points, found.as_of, target),
    )


def _teller(as_of: date, checked: Mapping[date, bool]) -> Tell:
    """The words for a week: one on which growth has to hold says whether it does."""
    holds, fails = _("Week to %(day)s: %(n)d active, it holds"), _("Week to %(day)s: %(n)d active, it does not hold")
    past, ahead = _("Week to %(day)s: %(n)d active"), _("%(day)s: %(n)d still active if nobody acts again")

    def tell(day: date, people: Sequence[int]) -> str:
        said = (holds if checked[day] else fails) if day in checked else ahead if day > as_of else past
        return said % {"day": in_words(day), "n": people[0]}

    return tell


def _title(team: Team, condition: Condition, now: int, target: Decimal | None) -> str:
    told = {"stage": team.stage, "now": now, "have": condition.have}
    if not condition.baseline:
        return _("Active contributors since %(stage)s was entered: %(now)d now") % told
    if target is None:
        return _("Active contributors since %(stage)s was entered: %(have)s as many as then") % told
    told["target"] = int(target.to_integral_value(ROUND_CEILING))
    return _("Active contributors since %(stage)s was entered: %(now)d now, %(target)d asked for") % told


def _months(points: Sequence[Point], as_of: date, target: Decimal | None) -> list[MonthRow]:
    """The last week of each month, and of the months before and after the as-of day the one that is nearest to it."""
    last = {(point.day.year, point.day.month, point.day > as_of): point for point in points}
    return [
        MonthRow(point.day, point.active, int(100 * point.active / target) if target else None, point.day > as_of)
        for point in last.values()
    ]
