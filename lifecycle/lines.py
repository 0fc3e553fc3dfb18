"""The geometry of a line of shares over days: numbers in, percent coordinates out, like `lifecycle.charts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lifecycle.charts import Tick, number, percent

#: The plot inside the picture, in per cent: left of it stand three digits, below it one row of months.
PLOT_LEFT, PLOT_TOP, PLOT_WIDTH, PLOT_HEIGHT = 9.0, 6.0, 74.0, 78.0


@dataclass(frozen=True)
class Point:
    """One share, from 0 to 100, with its day; a minor one is not written below the line on a phone."""

    x: str
    y: str
    day: date
    value: int
    minor: bool


@dataclass(frozen=True)
class Line:
    """A line through the points, 100 wide and 100 high, on an axis from 0 to 100 %."""

    path: str
    points: list[Point]
    y_ticks: list[Tick]


def line(days: Sequence[date], shares: Sequence[int]) -> Line | None:
    """Shares in per cent, evenly spaced from the first day to the last. None under two: one point is no line."""
    if len(days) < 2:
        return None
    path, points = [], []
    for place, (day, share) in enumerate(zip(days, shares, strict=True)):
        along = 100 * place / (len(days) - 1)
        path.append(f"{'L' if place else 'M'}{number(along)} {number(100 - share)}")
        minor = (len(days) - 1 - place) % 2 == 1  # the last one always stays
        x, y = percent(PLOT_LEFT + PLOT_WIDTH * along / 100), _height(share)
        points.append(Point(x, y, day, share, minor))
    return Line(" ".join(path), points, [Tick(_height(value), value) for value in (0, 50, 100)])


def _height(share: int) -> str:
    return percent(PLOT_TOP + PLOT_HEIGHT * (100 - share) / 100)
