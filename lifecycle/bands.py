"""The geometry of bands of days under each other, all on one axis: stretches in their hues, with signs and veils.

Across in per cent, so that text keeps its size on a phone; down in rem. A stretch is as wide as its days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lifecycle.charts import number, percent
from lifecycle.timeline import NARROWEST, Mark, marks

#: In rem: one row, the words over its bar, the bar and how thick it is, the line of days under it; the axis.
ROW, WORDS, BAR, THICK, DAYS, AXIS = 4.25, 0.8, 1.1, 1.75, 3.7, 1.25
#: A veil lies along the foot of the bar, under the words that stand on it.
VEIL = 0.45
#: Per cent that a letter takes on a wide sheet and on a phone, and letters of room beside a word.
LETTER, LETTER_ON_A_PHONE, ROOM = 0.75, 2.4, 2
#: As many letters as a day has: 30 Sep 2026.
DAY = 11 + ROOM
#: Right of here the word of a sign stands to its left.
MIDDLE = 60


@dataclass(frozen=True)
class Stretch:
    """Days `[first, until)` of a row, until None for up to now; `hue` is a stage's, None for a veil."""

    first: date
    until: date | None
    hue: int | None
    label: str
    words: str


@dataclass(frozen=True)
class Sign:
    """Something that happened on a day: a mark over the bar, with a word where there is room."""

    day: date
    label: str
    words: str


@dataclass(frozen=True)
class Row:
    """One row, named where there are several."""

    name: str
    stretches: Sequence[Stretch]
    veils: Sequence[Stretch] = ()
    signs: Sequence[Sign] = ()


@dataclass(frozen=True)
class Part:
    """A stretch in its place. Words without room are empty; those that are minor leave on a phone."""

    hue: int | None
    x: str
    width: str
    middle: str
    label: str
    minor: bool
    words: str
    day: date | None = None
    day_minor: bool = False


@dataclass(frozen=True)
class Placed:
    """A sign in its place; `is_end` puts its word to its left."""

    x: str
    label: str
    words: str
    is_end: bool


@dataclass(frozen=True)
class DrawnRow:
    """A row in its place."""

    name: str
    words_y: str
    bar_y: str
    veil_y: str
    label_y: str
    days_y: str
    sign_y: str
    parts: Sequence[Part]
    veils: Sequence[Part]
    signs: Sequence[Placed]


@dataclass(frozen=True)
class Bands:
    """The whole picture."""

    height: str
    thick: str
    veil: str
    axis_y: str
    numbers_y: str
    rows: Sequence[DrawnRow]
    marks: Sequence[Mark]
    begins: date
    ends: date


def bands(rows: Sequence[Row], *, as_of: date) -> Bands | None:
    """Rows from the first day of any of them up to and with the as-of day. None without a day."""
    firsts = [stretch.first for row in rows for stretch in row.stretches]
    if not firsts or min(firsts) > as_of:
        return None
    axis = _Axis(min(firsts), as_of + timedelta(days=1))
    floor = ROW * len(rows)
    return Bands(
        height=f"{number(floor + AXIS)}rem",
        thick=f"{number(THICK)}rem",
        veil=f"{number(VEIL)}rem",
        axis_y=f"{number(floor)}rem",
        numbers_y=f"{number(floor + 1)}rem",
        rows=[_drawn(row, ROW * place, axis) for place, row in enumerate(rows)],
        marks=marks(axis.begins, axis.ends, axis.x),
        begins=axis.begins,
        ends=axis.ends,
    )


@dataclass(frozen=True)
class _Axis:
    """The days of the picture."""

    begins: date
    ends: date

    def x(self, day: date) -> float:
        """Where a day begins, in per cent; days beyond the edges lie on them."""
        return 100 * (min(max(day, self.begins), self.ends) - self.begins).days / (self.ends - self.begins).days

    def placed(self, stretches: Sequence[Stretch]) -> list[tuple[Stretch, float, float]]:
        """Those that have days in the picture, from where to where."""
        told = [(each, self.x(each.first), self.x(each.until or self.ends)) for each in stretches]
        return [(each, left, right) for each, left, right in told if left < right]


def _drawn(row: Row, top: float, axis: _Axis) -> DrawnRow:
    signs = [sign for sign in row.signs if sign.day < axis.ends]
    taken = [_room(sign.label, axis.x(sign.day)) for sign in signs]
    if row.name:
        taken.append((0, (len(row.name) + ROOM) * LETTER))
    return DrawnRow(
        name=row.name,
        words_y=f"{number(top + WORDS)}rem",
        bar_y=f"{number(top + BAR)}rem",
        veil_y=f"{number(top + BAR + THICK - VEIL)}rem",
        label_y=f"{number(top + BAR + (THICK - VEIL / 2) / 2)}rem",
        days_y=f"{number(top + DAYS)}rem",
        sign_y=f"{number(top + WORDS - 0.3)}rem",
        parts=_parts(axis.placed(row.stretches)),
        veils=_veils(axis.placed(row.veils), taken),
        signs=[
            Placed(percent(axis.x(sign.day)), sign.label, sign.words, is_end=axis.x(sign.day) > MIDDLE)
            for sign in signs
        ],
    )


def _parts(placed: Sequence[tuple[Stretch, float, float]]) -> list[Part]:
    """The stretches, with the days on which they begin where there is room beside the one before."""
    parts = []
    free = free_on_a_phone = 0.0
    for stretch, left, right in placed:
        letters = len(stretch.label) + ROOM
        until, until_on_a_phone = left + DAY * LETTER, left + DAY * LETTER_ON_A_PHONE
        has_day = left >= free and until <= 100
        has_day_on_a_phone = has_day and left >= free_on_a_phone and until_on_a_phone <= 100
        free = until if has_day else free
        free_on_a_phone = until_on_a_phone if has_day_on_a_phone else free_on_a_phone
        parts.append(
            Part(
                hue=stretch.hue,
                x=percent(left),
                width=percent(max(right - left, NARROWEST)),
                middle=percent((left + right) / 2),
                label=stretch.label if right - left >= letters * LETTER else "",
                minor=right - left < letters * LETTER_ON_A_PHONE,
                words=stretch.words,
                day=stretch.first if has_day else None,
                day_minor=not has_day_on_a_phone,
            )
        )
    return parts


def _veils(placed: Sequence[tuple[Stretch, float, float]], taken: list[tuple[float, float]]) -> list[Part]:
    """The veils; their words stand over the bar where nothing else does."""
    parts = []
    for veil, left, right in placed:
        middle = (left + right) / 2
        half = (len(veil.label) + ROOM) * LETTER / 2
        is_free = all(until <= middle - half or middle + half <= first for first, until in taken)
        parts.append(
            Part(
                hue=None,
                x=percent(left),
                width=percent(max(right - left, NARROWEST)),
                middle=percent(middle),
                label=veil.label if is_free and half <= middle <= 100 - half else "",
                minor=bool(taken),
                words=veil.words,
            )
        )
        if is_free:
            taken = [*taken, (middle - half, middle + half)]
    return parts


def _room(label: str, x: float) -> tuple[float, float]:
    """From where to where the word of a sign reaches, on a wide sheet."""
    width = (len(label) + ROOM) * LETTER
    return (x - width, x) if x > MIDDLE else (x, x + width)
