"""Which run counted the numbers of a page, and when: measurements, weekly counts and spans of a team are of one run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Value

from lifecycle.measures import Measure
from lifecycle.prepared import prepared
from teams.models import Measurement, Team


@dataclass(frozen=True)
class Run:
    """The run, or the runs of several teams, that last counted. Nothing is told before the first one.

    `first` and `last` are ids of jobs, None where somebody counted at a terminal. `at` is the time of the oldest.
    `as_of` is the day that the data of all is complete to, and `valid_until` the day up to which that is fresh.
    With `is_live`, the page itself counts, from what that run has written.
    """

    first: int | None
    last: int | None
    at: datetime | None
    teams: int
    as_of: date | None = None
    valid_until: date | None = None
    is_live: bool = False


def run_of(teams: Iterable[Team], *, is_live: bool = False) -> Run:
    """The run that last counted each of some teams. One query, of one row a team: a recount writes every measure."""
    (found,) = _counted([team.pk for team in teams])
    return Run(**found, is_live=is_live)


@prepared
def _counted(teams: Iterable[int]) -> QuerySet[Any, Any]:
    """The sums of one row a team; one row, also of no teams."""
    one_each = Measurement.objects.filter(team__any=teams, measure=Measure.ACTIVE_CONTRIBUTORS, window_days=0)
    told = Q(value__isnull=False)
    return (
        one_each.values(all=Value(1))
        .annotate(
            first=Min("job"),
            last=Max("job"),
            at=Min("computed_at"),
            teams=Count("pk"),
            as_of=Min("as_of", filter=told),
            valid_until=Min("valid_until", filter=told),
        )
        .values("first", "last", "at", "teams", "as_of", "valid_until")
    )


def run_among(measurements: Iterable[Measurement]) -> Run:
    """The same of one team, from its measurements."""
    for each in measurements:
        if (each.measure, each.window_days) == (Measure.ACTIVE_CONTRIBUTORS, 0):
            days = (None, None) if each.value is None else (each.as_of, each.valid_until)
            return Run(each.job, each.job, each.computed_at, 1, *days)
    return Run(None, None, None, 0)
