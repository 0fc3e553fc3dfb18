"""The geometry of growth against a target: a line of people by week, and how it would fall if nobody acted again.

As in `lifecycle.charts`: numbers in, per cent out. The plot ends where the weeks ahead end; the labels stand beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from lifecycle.charts import LABEL_GAP, PLOT_LEFT, PLOT_WIDTH, Sense, Tell, number, percent, scale, senses, x_of

#: The plot from its top to the axis, in per cent.
TOP, HEIGHT = 8.0, 76.0
#: The parts of the target at which a line is drawn.
PARTS = (25, 50, 75, 100)
#: So many marks at the most fit the axis; they stand this many months apart.
MARKS = 8
APART = (1, 2, 3, 6, 12, 24, 60)


@dataclass(frozen=True)
class Level:
    """A line across: so many people, `part` per cent of the target (None without one).

    Without room beside the line above there is no label at all; beside the end of what is ahead, none of the part.
    """

    y: str
    value: int
    part: int | None
    is_labelled: bool
    is_named: bool


@dataclass(frozen=True)
class Dot:
    """A week on which growth has to hold, whether it does, and the words for it."""

    x: str
    y: str
    holds: bool
    words: str


@dataclass(frozen=True)
class Mark:
    """The first day of a month on the axis. A minor one leaves on a phone."""

    x: str
    day: date
    minor: bool


@dataclass(frozen=True)
class Course:
    """The picture: `past` and `ahead` are lines that meet at `now`, `above` is the area over the second."""

    view_box: str
    past: str
    ahead: str
    above: str
    levels: Sequence[Level]
    dots: Sequence[Dot]
    marks: Sequence[Mark]
    senses: Sequence[Sense]
    now_x: str
    now_y: str
    rest: str
    end_y: str


def course(
    days: Sequence[date],
    values: Sequence[int],
    *,
    as_of: date,
    target: float | None = None,
    checked: Mapping[date, bool] | None = None,
    tell: Tell,
) -> Course | None:
    """A value a week; those after the as-of day are ahead. None before the first week is over.

    `checked` are the weeks on which growth has to hold, with whether it does.
    """
    past = sum(day <= as_of for day in days)
    if not past or len(days) < 2:
        return None
    ceiling = scale(max(values))[0] if target is None else max(*values, target, 1)
    last, now = len(days) - 1, past - 1

    def place_of(value: float) -> float:
        return TOP + HEIGHT * (1 - value / ceiling)

    def line(first: int, until: int) -> str:
        points = [f"{place} {number(ceiling - values[place])}" for place in range(first, until + 1)]
        return "M" + " L".join(points)

    return Course(
        view_box=f"0 0 {last} {number(ceiling)}",
        past=line(0, now),
        ahead=line(now, last),
        above=f"{line(now, last)} L{last} 0 L{now} 0Z",
        levels=_levels(ceiling, target, end=place_of(values[last])),
        dots=[
            Dot(
                percent(x_of(place, len(days))),
                percent(place_of(values[place])),
                holds=checked[day],
                words=tell(day, [values[place]]),
            )
            for place, day in enumerate(days)
            if checked and day in checked
        ],
        marks=_marks(days),
        senses=senses(days, [[value] for value in values], tell),
        now_x=percent(x_of(now, len(days))),
        now_y=percent(place_of(values[now])),
        rest=percent(PLOT_LEFT + PLOT_WIDTH - x_of(now, len(days))),
        end_y=percent(place_of(values[last])),
    )


def _levels(ceiling: float, target: float | None, *, end: float) -> list[Level]:
    """The parts of the target, the whole first; without one, round numbers."""
    if target is None:
        step = scale(ceiling)[1]
        wanted: list[tuple[float, int | None]] = [(value, None) for value in range(int(ceiling), 0, -step)]
    else:
        wanted = [(target * part / 100, part) for part in reversed(PARTS)]
    drawn: list[Level] = []
    free = 0.0
    for value, part in wanted:
        place = TOP + HEIGHT * (1 - value / ceiling)
        is_labelled = place >= free
        is_named = is_labelled and part is not None and abs(place - end) >= LABEL_GAP
        drawn.append(Level(percent(place), ceil(value), part, is_labelled=is_labelled, is_named=is_named))
        if is_labelled:
            free = place + LABEL_GAP
    return drawn


def _marks(days: Sequence[date]) -> list[Mark]:
    """First days of months, as many months apart as leave room for the words."""
    firsts = [place for place in range(1, len(days)) if days[place].month != days[place - 1].month]
    apart = next((step for step in APART if len(firsts) <= MARKS * step), APART[-1])
    shown = [place for place in firsts if (days[place].year * 12 + days[place].month - 1) % apart == 0]
    return [
        Mark(percent(PLOT_LEFT + PLOT_WIDTH * place / (len(days) - 1)), days[place].replace(day=1), minor=bool(nth % 2))
        for nth, place in enumerate(shown)
    ]
