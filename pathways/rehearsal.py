"""What other conversion points would change, told before they are saved: they are set, counted, and rolled back.

The team is held for that long, so it is bounded, and says that it is too much before it makes others wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import errors

from pathways import rules
from pathways.models import Pathway
from pathways.reach import Row, counting
from pathways.rules import Point
from teams.models import User

#: Contributions of a team that is counted anew while somebody waits; and for how long.
ACTS: Final = 100_000
SECONDS: Final = 8


@dataclass(frozen=True)
class Rehearsal:
    """How many would hold each level, in the pathway and in the team, and what of the gate changes."""

    levels: Sequence[Row] = ()
    conditions: Sequence[Row] = ()
    refused: str = ""

    @property
    def changes_anything(self) -> bool:
        """Whether any number would be another."""
        return bool(self.conditions) or any(row.before != row.after for row in self.levels)


@dataclass(frozen=True)
class _Seen:
    levels: Mapping[tuple[str, str], int] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)


def rehearse(pathway: Pathway, points: Sequence[Point], *, actor: User, seen: str | None = None) -> Rehearsal:
    """What these points would change. Raises what setting them raises, but for Busy, which it tells in words."""
    if counting().size(pathway.team_id, ACTS + 1) > ACTS:
        return Rehearsal(refused=_("This is too large to be tried beforehand. The points can be saved, and set back."))
    try:
        return _tried(pathway, points, actor, seen)
    except OperationalError as error:
        if isinstance(error.__cause__, errors.QueryCanceled):
            return Rehearsal(refused=_("This takes too long to be tried beforehand. The points can be saved."))
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected):
            return Rehearsal(refused=_("Somebody is writing to this team right now. Try again in a moment."))
        raise


def _tried(pathway: Pathway, points: Sequence[Point], actor: User, seen: str | None) -> Rehearsal:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '{SECONDS}s'")
        before = _look(pathway)
        rules.set_points(pathway, points, actor=actor, seen=seen)
        after = _look(pathway)
        transaction.set_rollback(True)
    return Rehearsal(
        [Row(*key, str(had), str(after.levels[key])) for key, had in before.levels.items()],
        [
            Row(str(pathway.team), what, had, after.conditions.get(what, ""))
            for what, had in before.conditions.items()
            if after.conditions.get(what, "") != had
        ],
    )


def _look(pathway: Pathway) -> _Seen:
    conditions = counting().look(pathway.team_id, ()).conditions
    return _Seen(counting().stocks(pathway), conditions)
