"""Where a pace leads: a range of days from the last eight weekly points, never one day. Pure.

The method is Theil's and Sen's: of a few noisy points the pace is the middle one of the slopes between pairs of them,
so that a single good or bad week moves nothing (P. K. Sen, "Estimates of the regression coefficient based on Kendall's
tau", Journal of the American Statistical Association 63, 1968). People are counted in whole numbers, and neighbouring
weeks mostly differ by nobody: only pairs that lie at least four weeks apart are asked. The range goes from the day of
the fastest of these slopes, before which no stretch of the eight weeks leads, to the day of the middle one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from statistics import median

from django.utils.formats import date_format
from django.utils.translation import gettext as _

#: So many weekly points are asked, all of them.
POINTS = 8
#: Two points make a slope from so many weeks on.
APART = 4
#: Nothing is said of days farther away than this.
YEARS = 10
HORIZON = timedelta(days=365 * YEARS)


@dataclass(frozen=True)
class Trajectory:
    """The first day by the fastest pace, and by the middle one; None where it is not reached within ten years."""

    soonest: date | None
    middle: date | None

    @property
    def words(self) -> str:
        """The range, to the month."""
        if self.soonest is None:
            return _("At this pace not reached within ten years.")
        soonest = date_format(self.soonest, "F Y")
        if self.middle is None:
            return _(
                "Not before %(soonest)s at the best pace of the last eight weeks, and not reached at the middle one."
            ) % {"soonest": soonest}
        middle = date_format(self.middle, "F Y")
        if middle == soonest:
            return _("At this pace not before %(soonest)s.") % {"soonest": soonest}
        return _(
            "At this pace not before %(soonest)s; at the middle pace of the last eight weeks not before %(middle)s."
        ) % {"soonest": soonest, "middle": middle}


def method() -> str:
    """How the range is found, in words for a reader."""
    return _(
        "The pace is read from the last eight weekly points: every two of them that lie at least four weeks apart give "
        "one. The earlier day follows from the fastest of these, the later one from the middle one. It is no forecast."
    )


def slopes(points: Sequence[int]) -> list[Fraction]:
    """The pace a week between each two points that lie far enough apart, the slowest first."""
    return sorted(
        Fraction(points[later] - points[earlier], later - earlier)
        for earlier in range(len(points))
        for later in range(earlier + APART, len(points))
    )


def trajectory(points: Sequence[int], *, missing: int, since: date, hold: int = 0) -> Trajectory | None:
    """When so many more will have come since a day, at the pace of the last weekly points, the oldest first.

    `hold` are the weeks for which it has to hold after that. None with fewer than eight points.
    """
    if len(points) < POINTS:
        return None
    paces = slopes(points[-POINTS:])

    def reached(pace: Fraction) -> date | None:
        weeks = ceil(missing / pace) + hold if pace > 0 else None
        return since + timedelta(weeks=weeks) if weeks and timedelta(weeks=weeks) <= HORIZON else None

    return Trajectory(soonest=reached(paces[-1]), middle=reached(median(paces)))
