"""What explains a number of the insights: the teams it is made of, and those that are not in it.

Teams that the reader may not read are counted here too, and never named.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format

from lifecycle import clock
from lifecycle.days import in_words
from teams.insights.scope import Scope
from teams.left_out import LeftOut
from teams.models import Team


@dataclass(frozen=True)
class Line:
    """What one team brings to the number, under the heads of the explanation; and where its own part is explained."""

    team: str
    address: str
    values: Sequence[object]


@dataclass(frozen=True)
class Explained:
    """A number of the insights, explained. `unread` teams are in it and may not be named."""

    title: str
    words: str
    formula: str
    heads: Sequence[str]
    lines: Sequence[Line]
    unread: int
    left_out: Sequence[LeftOut]
    facts: Sequence[tuple[str, str]] = ()
    more: tuple[str, str] | None = None
    as_of: date = field(default_factory=clock.today)

    @property
    def rows(self) -> list[tuple[Line, list[tuple[str, str, bool]]]]:
        """The lines as people read them: each value under its head, and whether it is set as a number."""
        return [
            (
                line,
                [
                    (head, _words(value), not isinstance(value, str))
                    for head, value in zip(self.heads[1:], line.values, strict=True)
                ],
            )
            for line in self.lines
        ]


def _words(value: object) -> str:
    if isinstance(value, date):
        return in_words(value)
    if isinstance(value, Decimal):
        return number_format(value, 2)
    if isinstance(value, int):
        return number_format(value)
    return "" if value is None else str(value)


def named(scope: Scope, ids: Iterable[int]) -> dict[int, Team]:
    """Those of the teams that the reader may read."""
    return scope.named.in_bulk(set(ids))


def teams(why: str, scope: Scope, which: Mapping[str, object]) -> LeftOut:
    """Teams that are left out: the readable ones by name, the others by number."""
    names = [str(team) for team in scope.named.filter(**which).order_by("name")]
    return LeftOut(why, names, scope.counted.filter(**which).count() - len(names))


def some(*found: LeftOut) -> list[LeftOut]:
    """Those reasons for which anything is left out."""
    return [each for each in found if each.number]
