"""The days on which a team was paused or retired: on them its clocks stand still (1-definitions, 1.4)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import QuerySet

from lifecycle.prepared import prepared
from teams.models import StateChange, Team
from teams.standings import Period, periods

Pauses = Sequence[Period]


def pauses_of(teams: Iterable[Team]) -> dict[int, list[Period]]:
    """The pauses of some teams, in their order, by the team's id. One query; none for no teams."""
    changes: dict[int, list[StateChange]] = defaultdict(list)
    teams = list(teams)
    for change in _changes(teams) if teams else ():
        changes[change.team_id].append(change)
    return {team.pk: periods(changes[team.pk]) for team in teams}


@prepared
def _changes(teams: Iterable[Team]) -> QuerySet[StateChange]:
    return StateChange.objects.filter(team__any=teams)


def is_paused(pauses: Pauses, day: date) -> bool:
    """Whether a pause has begun and not ended on a day."""
    return any(pause.first <= day and (pause.until is None or day < pause.until) for pause in pauses)


def running_days(pauses: Pauses, first: date, until: date) -> int:
    """How many of the days `[first, until)` lie in no pause."""
    still = sum(
        max(0, (min(pause.until or until, until) - max(pause.first, first)).days) for pause in pauses if first < until
    )
    return (until - first).days - still


def day_after(pauses: Pauses, first: date, days: int) -> date | None:
    """The day on which so many days have run since the first; None if a pause that goes on comes before it."""
    if not days:
        return first
    found = first + timedelta(days=days)
    for pause in pauses:
        if pause.first >= found:
            break
        if pause.until is None:
            return None
        found += timedelta(days=max(0, (pause.until - max(pause.first, first)).days))
    return found
