"""The geometry of one person's timeline: bars of acts by month, and bands of days under them, on one axis of days.

Across in per cent, so that text keeps its size on a phone; down in rem, for each band is a line of text and a bar.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lifecycle.charts import number, percent

#: In rem: the line of words over the bars, the floor of the bars, the axis, where the bands begin, and one of them.
CEILING, FLOOR, AXIS, BANDS, BAND = 1.5, 6.0, 7.0, 8.0, 2.25
#: The bar of a band lies under its words.
WORDS, BAR, THICK = 0.8, 1.1, 0.6
#: What is narrower cannot be seen, in per cent.
NARROWEST = 0.4
#: So many marks at the most fit the axis.
MARKS = 7


@dataclass(frozen=True)
class Run:
    """Days `[first, until)` of a band, `until` None for open; `key` is the class that colours it."""

    first: date
    until: date | None
    key: str
    words: str


@dataclass(frozen=True)
class Band:
    """A line of the picture."""

    label: str
    runs: Sequence[Run]


@dataclass(frozen=True)
class Part:
    """A part of a run; the one after the as-of day is what will be if nothing more happens."""

    key: str
    x: str
    width: str
    words: str


@dataclass(frozen=True)
class DrawnBand:
    """A band in its place."""

    label: str
    words_y: str
    bar_y: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Column:
    """The acts of a month."""

    first: date
    value: int
    x: str
    width: str
    y: str
    height: str


@dataclass(frozen=True)
class Mark:
    """A day on the axis: a year's first, or a month's where there is less than a year or two."""

    x: str
    day: date
    is_year: bool
    minor: bool


@dataclass(frozen=True)
class Timeline:
    """The whole picture."""

    height: str
    columns: Sequence[Column]
    bands: Sequence[DrawnBand]
    marks: Sequence[Mark]
    most: int
    now: str
    begins: date
    ends: date
    has_future: bool


def timeline(months: Sequence[tuple[date, int]], bands: Sequence[Band], *, begins: date, as_of: date) -> Timeline:
    """Months are (first day, number); bands are cut to the days from `begins` to the last that a run reaches.

    What lies more than a year ahead of the as-of day is cut too.
    """
    begins = min(begins, as_of).replace(day=1)
    known = [run.until for band in bands for run in band.runs if run.until]
    ends = min(max([*known, as_of + timedelta(days=1)]), as_of + timedelta(days=366))
    whole = (ends - begins).days

    def x(day: date) -> float:
        return 100 * (min(max(day, begins), ends) - begins).days / whole

    most = max((value for _first, value in months), default=0)
    return Timeline(
        height=f"{number(BANDS + BAND * len(bands))}rem",
        columns=[_column(first, value, x(first), x(_next_month(first)), most) for first, value in months if value],
        bands=[
            DrawnBand(
                label=band.label,
                words_y=f"{number(BANDS + BAND * place + WORDS)}rem",
                bar_y=f"{number(BANDS + BAND * place + BAR)}rem",
                parts=[
                    Part(key, percent(x(first)), percent(max(x(until) - x(first), NARROWEST)), run.words)
                    for run in band.runs
                    for key, first, until in _parts(run, as_of, ends)
                    if until > begins
                ],
            )
            for place, band in enumerate(bands)
        ],
        marks=marks(begins, ends, x),
        most=most,
        now=percent(x(as_of + timedelta(days=1))),
        begins=begins,
        ends=ends,
        has_future=ends > as_of + timedelta(days=1),
    )


def _parts(run: Run, as_of: date, ends: date) -> list[tuple[str, date, date]]:
    """The run up to the as-of day, and hatched what would follow. An open run goes no further than the day."""
    border = as_of + timedelta(days=1)
    until = border if run.until is None else min(run.until, ends)
    parts = [(run.key, run.first, min(until, border)), ("rest", max(run.first, border), until)]
    return [(key, first, last) for key, first, last in parts if first < last]


def _column(first: date, value: int, left: float, right: float, most: int) -> Column:
    height = (FLOOR - CEILING) * value / most
    gap = 0.15 * (right - left)
    return Column(
        first=first,
        value=value,
        x=percent(left + gap / 2),
        width=percent(max(right - left - gap, NARROWEST / 2)),
        y=f"{number(FLOOR - height)}rem",
        height=f"{number(height)}rem",
    )


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def marks(begins: date, ends: date, x: Callable[[date], float]) -> list[Mark]:
    """Firsts of years; of months where the picture is no longer than two years. At the edges there is no room."""
    by_year = (ends - begins).days > 730
    days = [begins]
    while days[-1] < ends:
        days.append(date(days[-1].year + 1, 1, 1) if by_year else _next_month(days[-1]))
    step = -(-len(days) // MARKS)
    edge = 4 if by_year else 8  # a month is a longer word
    shown = [day for place, day in enumerate(days[1:]) if place % step == 0 and edge < x(day) < 100 - edge]
    return [Mark(percent(x(day)), day, by_year, minor=bool(place % 2)) for place, day in enumerate(shown)]
