"""The geometry of the charts: numbers in, percent coordinates out. No script, no colours, no database.

Positions are percentages of the picture, so that text keeps its size on a phone; only paths live in an inner
picture that is stretched. Numbers come out as strings with a point, whatever the reader's language.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

#: The plot inside a picture with axes, in per cent: left, top, width, height.
PLOT_LEFT, PLOT_TOP, PLOT_WIDTH, PLOT_HEIGHT = 6.0, 6.0, 73.0, 64.0
#: The least distance of two direct labels, in per cent of a 20 rem picture.
LABEL_GAP = 5.5


def number(value: float) -> str:
    """A coordinate with at most two decimals and no trailing noughts."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def percent(value: float) -> str:
    """A coordinate as a percentage."""
    return f"{number(value)}%"


def scale(maximum: float) -> tuple[int, int]:
    """A top for the axis at or above the maximum, and a round step that divides it into two to five parts."""
    step = 1
    for factor in range(12):
        for digit in (1, 2, 5):
            step = digit * 10**factor
            if maximum <= 5 * step:
                top = max(step * 2, -(-int(-(-maximum // 1)) // step) * step)
                return top, step
    raise ValueError(f"{maximum} is more people than there are")


@dataclass(frozen=True)
class Spark:
    """A line of one small picture, 100 wide and 24 high, and where its last point sits."""

    path: str
    last_y: str
    first: int
    last: int

    @property
    def change(self) -> int:
        """Last less first."""
        return self.last - self.first


def sparkline(values: Sequence[int], *, top: int | None = None) -> Spark | None:
    """A sparkline from nought to `top` (its own maximum by default). Give one top to all the lines of a column.

    None when there are fewer than two values: one point is no line.
    """
    if len(values) < 2:
        return None
    highest = max(top or 0, *values, 1)
    points = [(100 * i / (len(values) - 1), 23 - 22 * value / highest) for i, value in enumerate(values)]
    path = " ".join(f"{'M' if i == 0 else 'L'}{number(x)} {number(y)}" for i, (x, y) in enumerate(points))
    return Spark(path=path, last_y=percent(100 * points[-1][1] / 24), first=values[0], last=values[-1])


@dataclass(frozen=True)
class Tick:
    """A value on the vertical axis."""

    y: str
    value: int


@dataclass(frozen=True)
class Month:
    """A month on the horizontal axis, at its first day. A minor one leaves on a phone."""

    x: str
    first: date
    minor: bool


@dataclass(frozen=True)
class Layer:
    """One area of a stacked chart, with the place of its direct label."""

    key: str
    path: str
    first: int
    last: int
    label_y: str


@dataclass(frozen=True)
class Sense:
    """A full-height column that tells its words to a pointer."""

    x: str
    width: str
    words: str


#: The words for one place of a chart: its day, and the value of each series on it.
Tell = Callable[[date, Sequence[int]], str]


@dataclass(frozen=True)
class Area:
    """A stacked area: the lowest layer first."""

    view_box: str
    layers: list[Layer]
    y_ticks: list[Tick]
    months: list[Month]
    senses: list[Sense]

    @property
    def base(self) -> str:
        """Where the horizontal axis lies."""
        return percent(PLOT_TOP + PLOT_HEIGHT)


def stacked_area(
    days: Sequence[date], series: Sequence[tuple[str, Sequence[int]]], tell: Tell, *, most: int = 0
) -> Area | None:
    """Exclusive series stacked over days, the first one lowest. None under two days.

    Give one `most` to pictures that stand beside each other: they share the scale that reaches it.
    """
    if len(days) < 2:
        return None
    totals = [0] * len(days)
    stacks = [list(totals)]
    for _key, values in series:
        totals = [below + value for below, value in zip(totals, values, strict=True)]
        stacks.append(totals)
    top, step = scale(max(*totals, most))
    layers = [
        Layer(
            key=key,
            path=band(stacks[i], stacks[i + 1], top),
            first=values[0],
            last=values[-1],
            label_y="",
        )
        for i, (key, values) in enumerate(series)
    ]
    middles = [(stacks[i][-1] + stacks[i + 1][-1]) / 2 for i in range(len(series))]
    places = spread([PLOT_TOP + PLOT_HEIGHT * (1 - middle / top) for middle in middles])
    return Area(
        view_box=f"0 0 {len(days) - 1} {top}",
        layers=[
            Layer(layer.key, layer.path, layer.first, layer.last, percent(place))
            for layer, place in zip(layers, places, strict=True)
        ],
        y_ticks=[Tick(percent(PLOT_TOP + PLOT_HEIGHT * (1 - value / top)), value) for value in range(0, top + 1, step)],
        months=months(days),
        senses=senses(days, list(zip(*(values for _key, values in series), strict=True)), tell),
    )


def band(lower: Sequence[int], upper: Sequence[int], top: int) -> str:
    """The closed path between two lines, in a picture one unit wide a point and `top` high."""
    there = [f"{'M' if i == 0 else 'L'}{i} {top - value}" for i, value in enumerate(upper)]
    back = [f"L{i} {top - lower[i]}" for i in range(len(lower) - 1, -1, -1)]
    return " ".join([*there, *back]) + "Z"


def spread(places: Sequence[float]) -> list[float]:
    """Labels from the lowest upward, moved up just far enough not to touch, and down again at the top."""
    moved: list[float] = []
    for place in places:
        moved.append(min(place, moved[-1] - LABEL_GAP) if moved else place)
    if moved and moved[-1] < PLOT_TOP:
        moved[-1] = PLOT_TOP
        for i in range(len(moved) - 2, -1, -1):
            moved[i] = max(moved[i], moved[i + 1] + LABEL_GAP)
    return moved


def x_of(index: int, count: int) -> float:
    """Where the point of that index lies, in per cent of the picture."""
    return PLOT_LEFT + PLOT_WIDTH * index / (count - 1)


def months(days: Sequence[date]) -> list[Month]:
    """A mark at the first day of each month that begins among the days; every second one is minor."""
    firsts = [i for i in range(1, len(days)) if (days[i].year, days[i].month) != (days[i - 1].year, days[i - 1].month)]
    return [
        Month(percent(x_of(i, len(days))), days[i].replace(day=1), minor=bool(place % 2))
        for place, i in enumerate(firsts)
    ]


def senses(days: Sequence[date], values: Sequence[Sequence[int]], tell: Tell) -> list[Sense]:
    """One column a day, centred on its point. The words are made here, once: a template takes ten times as long."""
    width = PLOT_WIDTH / (len(days) - 1)
    return [
        Sense(x=percent(x_of(i, len(days)) - width / 2), width=percent(width), words=tell(day, values[i]))
        for i, day in enumerate(days)
    ]


@dataclass(frozen=True)
class Bar:
    """One bar of a waterfall."""

    key: str
    value: int
    x: str
    y: str
    height: str
    middle: str
    label_y: str
    link_from: str
    link_to: str
    link_y: str


#: The floor of a waterfall and its highest bar, in per cent; five slots of 20, each bar 14 wide.
FLOOR, CEILING, SLOT, BAR_WIDTH, BAR_INSET = 82.0, 12.0, 20.0, 14.0, 3.0


def waterfall(*, start: int, converted: int, returned: int, lapsed: int, end: int) -> list[Bar]:
    """Five bars that add up: start + converted + returned - lapsed = end; a ValueError if they do not."""
    if start + converted + returned - lapsed != end:
        raise ValueError(f"{start} + {converted} + {returned} - {lapsed} is not {end}")
    highest = max(start + converted + returned, end, 1)
    unit = (FLOOR - CEILING) / highest
    steps = [
        ("start", start, 0, start),
        ("converted", converted, start, start + converted),
        ("returned", returned, start + converted, start + converted + returned),
        ("lapsed", lapsed, end, start + converted + returned),
        ("end", end, 0, end),
    ]
    bars = []
    for place, (key, value, low, high) in enumerate(steps):
        x = SLOT * place + BAR_INSET
        level = low if key == "lapsed" else high  # the line to the next bar leaves from where this one ends up
        bars.append(
            Bar(
                key=key,
                value=value,
                x=percent(x),
                y=percent(FLOOR - unit * high),
                height=percent(unit * (high - low)),
                middle=percent(x + BAR_WIDTH / 2),
                label_y=percent(FLOOR - unit * high - 2),
                link_from=percent(x + BAR_WIDTH),
                link_to=percent(x + SLOT),
                link_y=percent(FLOOR - unit * level),
            )
        )
    return bars


@dataclass(frozen=True)
class Rung:
    """One rung of a funnel: who came so far, and (hatched) who stopped at the rung before."""

    key: str
    value: int
    stopped: int | None
    share: int | None
    width: str
    rest_width: str
    label_y: str
    bar_y: str
    bar_height: str


def funnel(rungs: Sequence[tuple[str, int]]) -> list[Rung]:
    """Bars under each other, each a part of the first; `share` is per cent of the rung before, from 5 people on.

    Under five people a percentage says more than is known (1-definitions, 1.3): `share` is None.
    """
    if not rungs or not rungs[0][1]:
        return []
    whole = max(value for _key, value in rungs)
    slot = 100 / len(rungs)
    drawn = []
    for place, (key, value) in enumerate(rungs):
        before = rungs[place - 1][1] if place else None
        drawn.append(
            Rung(
                key=key,
                value=value,
                stopped=None if before is None else max(before - value, 0),
                share=None if before is None or before < 5 else round(100 * value / before),
                width=percent(100 * value / whole),
                rest_width=percent(100 * max((before or 0) - value, 0) / whole),
                label_y=percent(slot * place + slot * 0.31),
                bar_y=percent(slot * place + slot * 0.42),
                bar_height=percent(slot * 0.36),
            )
        )
    return drawn
