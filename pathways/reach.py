"""What a merge would change, told before it is done: it is done, looked at, and rolled back.

Levels and gates are an app's above: it counts by its own statements, and says so in a module `reach`. Nothing of it
is seen by anybody else, but the locks of a merge are held for that long: so it is bounded, and says that it is too
much before it makes others wait.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import errors

from pathways import deciding
from pathways.models import Likeness, Pathway
from pathways.turns import turn
from teams.models import Team, User
from teams.refusals import Busy

#: Of the people together; of all of it, in seconds.
ACTS: Final = 20_000
TEAMS: Final = 6
SECONDS: Final = 4
PAIRS: Final = 20


@dataclass(frozen=True)
class Seen:
    """What a team's numbers say: of each person, the level and when it was reached; of each condition of the gate."""

    levels: Mapping[int, str]
    conditions: Mapping[str, str]


@dataclass(frozen=True)
class Lately:
    """How many acts somebody has in a team, and the day of the last."""

    acts: int
    last: date


class Counting(Protocol):
    """What an app above tells."""

    def lately(self, team: Team, people: Collection[int]) -> Mapping[int, Lately]:
        """What each has done in a team; who has done nothing is not there."""

    def acts(self, people: Collection[int], most: int) -> int:
        """How many acts they have, counted no further than to `most`."""

    def teams(self, people: Collection[int]) -> list[int]:
        """The teams in whose numbers they can stand."""

    def look(self, team: int, people: Collection[int]) -> Seen:
        """Count the team as it is now inside this transaction, and read."""

    def size(self, team: int, most: int) -> int:
        """How many acts a team has, counted no further than to `most`."""

    def stocks(self, pathway: Pathway) -> Mapping[tuple[str, str], int]:
        """By where (the pathway, the team) and level: who holds it or above, of the headline population."""


_counting: list[Counting] = []


def counts(told: Counting) -> Counting:
    """Sets who counts."""
    _counting[:] = [told]
    return told


def counting() -> Counting:
    """Who counts."""
    return _counting[0]


@dataclass(frozen=True)
class Row:
    """Something that changes in a team."""

    team: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Reach:
    """What would change. `unread` counts teams where something changes that the reader may not read."""

    levels: list[Row] = field(default_factory=list)
    conditions: list[Row] = field(default_factory=list)
    unread: int = 0
    refused: str = ""


class _TooMuch(Exception):
    """It would take too long."""


def lately(team: Team, people: Collection[int]) -> Mapping[int, Lately]:
    """What each of some people has done in a team."""
    return counting().lately(team, people)


def reach_of(pairs: Collection[Likeness], *, actor: User, team: Team) -> Reach:
    """What accepting these pairs would change. Raises what accepting them raises."""
    two = [person for row in pairs for person in (row.one, row.other)]
    people = {person.pk: f"{person} (#{person.pk})" for person in two}  # many a pair has one name
    try:
        if len(pairs) > PAIRS or counting().acts(people, ACTS + 1) > ACTS:
            raise _TooMuch
        return _tried(pairs, people, actor, team)
    except _TooMuch:
        return Reach(refused=_("This is too large to be tried beforehand. It can be accepted, and taken back."))
    except OperationalError as error:
        if isinstance(error.__cause__, errors.QueryCanceled):
            return Reach(refused=_("This takes too long to be tried beforehand. It can be accepted, and taken back."))
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
            raise Busy from error
        raise


def _tried(pairs: Collection[Likeness], people: Mapping[int, str], actor: User, team: Team) -> Reach:
    began = time.monotonic()

    def look(teams: Collection[int]) -> dict[int, Seen]:
        seen = {}
        for pk in sorted(teams):  # the order in which everybody locks teams
            if time.monotonic() - began > SECONDS:
                raise _TooMuch
            seen[pk] = counting().look(pk, people)
        return seen

    with turn():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '{SECONDS}s'")
        teams = counting().teams(people)
        if len(teams) > TEAMS:
            raise _TooMuch
        before = look(teams)
        deciding.accept([row.pk for row in pairs], actor=actor, team=team)
        after = look(teams)
        transaction.set_rollback(True)
    return _differences(before, after, people, Team.objects.visible_to(actor).in_bulk(teams))


def _differences(
    before: Mapping[int, Seen], after: Mapping[int, Seen], people: Mapping[int, str], readable: Mapping[int, Team]
) -> Reach:
    reach, unread = Reach(), 0
    for pk, was in before.items():
        levels, conditions = [], []
        name, now = str(readable.get(pk, "")), after[pk]
        for who in people:
            if was.levels.get(who, "") != now.levels.get(who, ""):
                levels.append(Row(name, people[who], was.levels.get(who, ""), now.levels.get(who, "")))
        for what, had in was.conditions.items():
            if now.conditions.get(what, "") != had:
                conditions.append(Row(name, what, had, now.conditions.get(what, "")))
        if pk in readable:
            reach.levels.extend(levels)
            reach.conditions.extend(conditions)
        elif levels or conditions:
            unread += 1
    return Reach(reach.levels, reach.conditions, unread)
