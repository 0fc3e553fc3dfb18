"""When a team was paused or retired, from the changes that the database has told. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from teams.models import StateChange, Team


@dataclass(frozen=True)
class Period:
    """Days `[first, until)` on which a team was paused or retired; until None while it is."""

    state: Team.State
    first: date
    until: date | None


def periods(changes: Iterable[StateChange]) -> list[Period]:
    """The days on which the team was not active, from its changes in order. What did not last a day is left out."""
    found: list[Period] = []
    since: tuple[Team.State, date] | None = None
    for change in changes:
        state = Team.State(change.state)
        if since and since[0] != state:
            if since[1] < change.on:
                found.append(Period(since[0], since[1], change.on))
            since = None
        if since is None and state != Team.State.ACTIVE:
            since = (state, change.on)
    return [*found, Period(*since, None)] if since else found
