"""What a measure gives: a value or the reason why there is none, and what an explanation needs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.utils.functional import Promise

#: What a measurement keeps behind the point. Cut, not rounded: 9.99996 times is not 10 times.
PLACES = Decimal("0.0001")

Json = dict[str, object]


@dataclass(frozen=True)
class Figure:
    """One value on a day. Without another write it stays true up to and including `valid_until` (None: for good).

    `points` are values on further days that must all satisfy a criterion; `detail` is what the explanation shows.
    """

    value: Decimal | None
    as_of: date
    reason: str = ""
    valid_until: date | None = None
    points: list[Json] = field(default_factory=list)
    detail: Json = field(default_factory=dict)

    @property
    def window(self) -> int:
        """How many days it is counted over; 0 where it stands on its day."""
        days = self.detail.get("window_days")
        return days if isinstance(days, int) else 0


def quotient(part: int, whole: int) -> Decimal:
    """A share or a factor, to four places, cut."""
    return (Decimal(part) / Decimal(whole)).quantize(PLACES, rounding=ROUND_DOWN)


def nothing(reason: str | Promise, as_of: date, **more: object) -> Figure:
    """No value, and why."""
    return Figure(value=None, as_of=as_of, reason=str(reason), detail=dict(more))


def earliest(days: Iterable[date | None]) -> date | None:
    """The first of some days, of which any may be missing."""
    return min((day for day in days if day is not None), default=None)
