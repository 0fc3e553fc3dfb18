"""The turn: giving identities to people and moving them is done by one transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from teams.refusals import Busy

#: Of pg_advisory_xact_lock.
LOCK: Final = 478


def take_turns(cursor: CursorWrapper) -> None:
    """Wait until no other transaction gives identities to people or moves them; held until this one ends.

    Without it, two imports that meet one new person at once would each make a contributor. No unique index can
    forbid that: one key is one person only until a split makes two of it.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def try_turn(cursor: CursorWrapper) -> bool:
    """Takes the turn if nobody has it: a person is told that the others are busy, and does not wait."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
    taken: bool = cursor.fetchone()[0]
    return taken


@contextmanager
def turn() -> Iterator[None]:
    """A transaction that has the turn, for a person who does not wait: Busy while an import or a merge has it.

    It comes before any team's row, as an import takes them; the other way round the two would deadlock.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not try_turn(cursor):
            raise Busy
        yield
