"""What a merge or a split would change, told before it is done: it is done, looked at, and rolled back.

Levels and gates are an app's above: it counts by its own statements, and says so in a module `reach`. Nothing of it
is seen by anybody else, but the locks of the verb are held for that long: so it is bounded, and says that it is too
much before it makes others wait.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import errors

from pathways import deciding, merging
from pathways.models import Identity, Likeness, Pathway
from pathways.turns import turn
from teams.models import Team, User
from teams.refusals import Busy

#: Of the people together; of all of it, in seconds.
ACTS: Final = 20_000
TEAMS: Final = 6
SECONDS: Final = 4
PAIRS: Final = 20

#: How each is called, by their numbers.
People = Mapping[int, str]


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


def of_merging(pairs: Collection[Likeness], *, actor: User, team: Team) -> Reach:
    """What accepting these pairs would change. Raises what accepting them raises."""
    two = [person for row in pairs for person in (row.one, row.other)]
    people = {person.pk: f"{person} (#{person.pk})" for person in two}  # many a pair has one name

    def merge() -> People:
        deciding.accept([row.pk for row in pairs], actor=actor, team=team)
        return {}

    return _reach(people, merge, actor, is_small=len(pairs) <= PAIRS)


def of_splitting(identities: Sequence[Identity], *, actor: User, team: Team) -> Reach:
    """What giving these identities of one person a contributor of their own would change. Raises what it raises."""
    was = identities[0].contributor

    def split() -> People:
        other = merging.split(*identities, actor=actor, team=team)
        return {other.pk: _("%(name)s, split off") % {"name": other}}

    return _reach({was.pk: f"{was} (#{was.pk})"}, split, actor)


def _reach(people: People, verb: Callable[[], People], actor: User, *, is_small: bool = True) -> Reach:
    """What a verb on these people changes; it answers with those whom it makes."""
    try:
        if not is_small or counting().acts(people, ACTS + 1) > ACTS:
            raise _TooMuch
        return _tried(people, verb, actor)
    except _TooMuch:
        return Reach(refused=_("This is too large to be tried beforehand. It can be done, and taken back."))
    except OperationalError as error:
        if isinstance(error.__cause__, errors.QueryCanceled):
            return Reach(refused=_("This takes too long to be tried beforehand. It can be done, and taken back."))
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
            raise Busy from error
        raise


def _tried(people: People, verb: Callable[[], People], actor: User) -> Reach:
    began = time.monotonic()

    def look(teams: Collection[int], people: People) -> dict[int, Seen]:
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
        before = look(teams, people)
        people = {**people, **verb()}
        after = look(teams, people)
        transaction.set_rollback(True)
    return _differences(before, after, people, Team.objects.visible_to(actor).in_bulk(teams))


def _differences(
    before: Mapping[int, Seen], after: Mapping[int, Seen], people: People, readable: Mapping[int, Team]
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
