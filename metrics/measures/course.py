"""The course of growth: how many were active on each Sunday since a stage was entered, and would be if nobody acted.

Counted like the growth itself: the same people, rules and sources. What lies after the as-of day is no forecast: it is
how those who are active on it lapse, one by one, on the days on which their runs end.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate

from metrics.figure import Json
from metrics.measures.entries import Held

#: Weeks after the as-of day.
WEEKS_AHEAD = 52


def sundays_from(entry: date, as_of: date) -> list[date]:
    """Every Sunday from the entry's week to the last of the weeks ahead of the as-of day."""
    first = entry + timedelta(days=-entry.isoweekday() % 7)
    last = as_of + timedelta(weeks=WEEKS_AHEAD)
    return [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]


def standing(held: Iterable[Held], days: Sequence[date], as_of: date) -> list[int]:
    """How many different people are active on each of some days in order; after the as-of day, of those active on it.

    A run that begins after it is left out: somebody would have to do something.
    """
    runs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for run in held:
        if run.first <= as_of:
            runs[run.who].append((bisect_left(days, run.first), bisect_left(days, run.until)))
    borders = [0] * (len(days) + 1)
    for own in runs.values():
        reached = 0
        for first, until in sorted(own):
            if until > max(first, reached):  # the days that no earlier run of the same person covers
                borders[max(first, reached)] += 1
                borders[until] -= 1
                reached = until
    return list(accumulate(borders[:-1]))


def course(held: Iterable[Held], entry: date, as_of: date) -> Json:
    """The course as a measurement keeps it: the first Sunday, and a number a week."""
    days = sundays_from(entry, as_of)
    return {"first": days[0].isoformat(), "active": standing(held, days, as_of)}
