"""The outlook of a gate's conditions: what the pace of the last eight weeks says of those that are missing.

Said only of counts and factors that a series by week tells: contributors active and core (the weekly rows), new ones
(their sum over the window of the condition), and growth (the course that its own measurement keeps). The weekly rows
are the headline's; who works with the team is in them and not in the measure, which moves no pace.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from lifecycle.measures import Measure, Operator
from teams import wording
from teams.courses import course_of
from teams.judging import GROWTH, POINTS_WANTED
from teams.models import Measurement, Population, Team, WeeklyCount
from teams.trajectory import POINTS, Trajectory, trajectory
from teams.verdicts import Condition, Standing, Verdict

#: Stocks that the weekly rows tell, by their column.
STOCKS = {Measure.ACTIVE_CONTRIBUTORS: "active", Measure.CORE_CONTRIBUTORS: "core"}
TOLD = frozenset({*STOCKS, *GROWTH, Measure.NEW_CONTRIBUTORS})
#: The window of the new contributors, unless the condition names one.
YEAR = 365

Weeks = Sequence[WeeklyCount]


def with_outlook(team: Team, conditions: Sequence[Condition]) -> list[Condition]:
    """The conditions; those that are missing with the words on their pace, if there are any. At most one query."""
    asked = [row for row in conditions if _is_asked(row)]
    weeks = _weeks(team, asked) if any(row.measure not in GROWTH for row in asked) else []
    words = {row.key: _words(team, row, weeks) for row in asked}
    return [replace(row, outlook=words.get(row.key, "")) for row in conditions]


def outlook_of(team: Team, verdict: Verdict, measure: Measure, window: int) -> str:
    """The words on the pace of one measure at the gate, if there are any. At most one query."""
    rows = [row for row in verdict.conditions if row.measure == measure and _asks_of(row, window)]
    return next((row.outlook for row in with_outlook(team, rows) if row.outlook), "")


def _asks_of(row: Condition, window: int) -> bool:
    return row.criterion is not None and (row.criterion.window_days or 0) == window


def _is_asked(row: Condition) -> bool:
    """A number that is known, too small, and told by week."""
    if row.state != Standing.MISSING or row.measure not in TOLD or row.criterion is None:
        return False
    return Operator(row.criterion.operator) in wording.UPWARD


def _words(team: Team, row: Condition, weeks: Weeks) -> str:
    found = outlook(team, row, weeks)
    return found.words if found else ""


def outlook(team: Team, row: Condition, weeks: Weeks) -> Trajectory | None:
    """The trajectory of a condition that is missing; None where nothing is said."""
    measure, criterion, found = row.measure, row.criterion, row.measurement
    if measure is None or criterion is None or criterion.threshold is None or found is None or found.value is None:
        return None
    missing = wording.steps(
        measure,
        Operator(criterion.operator),
        Decimal(criterion.threshold),
        Decimal(found.value),
        baseline=row.baseline,
    )
    return trajectory(
        _points(team, row, found, weeks),
        missing=missing,
        since=found.as_of,
        hold=POINTS_WANTED - 1 if measure == Measure.ACTIVE_GROWTH else 0,
    )


def _points(team: Team, row: Condition, found: Measurement, weeks: Weeks) -> list[int]:
    """The weekly points of a measure up to the day on which it stands, the oldest first."""
    if row.measure in GROWTH:
        return [point.active for point in course_of(found) if point.day <= found.as_of]
    whole = [week for week in weeks if week.week <= found.as_of]
    if row.measure in STOCKS:
        return [getattr(week, STOCKS[row.measure]) for week in whole]
    window = timedelta(days=_window(row))
    return [
        sum(one.new for one in whole if max(team.entered_on, last.week - window) < one.week <= last.week)
        for last in whole[-POINTS:]
    ]


def _window(row: Condition) -> int:
    return (row.criterion.window_days if row.criterion else None) or YEAR


def _weeks(team: Team, asked: Sequence[Condition]) -> Weeks:
    """The whole team's weekly rows, as far back as the widest window with its eight points reaches."""
    days = max((_window(row) for row in asked if row.measure == Measure.NEW_CONTRIBUTORS), default=0)
    earliest = min(row.as_of for row in asked if row.as_of) - timedelta(days=days, weeks=POINTS)
    rows = WeeklyCount.objects.filter(team=team, pathway_id=0, population=Population.VOLUNTEERS, week__gt=earliest)
    return list(rows.order_by("week"))
