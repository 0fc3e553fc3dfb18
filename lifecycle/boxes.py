"""The geometry of quartiles side by side: for each row a bar over the middle half, and a second one under it.

Across in per cent, so that text keeps its size on a phone; down in rem, for each row is a line of text and two bars.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lifecycle.charts import number, percent, scale

#: In rem: one row, where its words stand in it, its two bars, and how thick they are; the axis under the last row.
ROW, WORDS, FIRST, SECOND, THICK, AXIS = 3.0, 0.9, 1.3, 2.0, 0.5, 1.5
#: What is narrower cannot be seen, in per cent. At the right edge there is no room for an axis' number.
NARROWEST, EDGE = 0.5, 97.0

Quartiles = tuple[float, float, float]


@dataclass(frozen=True)
class Box:
    """A bar from the lower quartile to the upper one, and the median in it."""

    x: str
    width: str
    median: str


@dataclass(frozen=True)
class BoxRow:
    """One row: where its words and its bars stand."""

    words_y: str
    first_y: str
    second_y: str
    first: Box | None
    second: Box | None


@dataclass(frozen=True)
class Boxes:
    """The picture, with the numbers of its axis."""

    height: str
    axis_y: str
    numbers_y: str
    thick: str
    rows: Sequence[BoxRow]
    ticks: Sequence[tuple[str, int]]


def boxes(rows: Sequence[tuple[Quartiles | None, Quartiles | None]]) -> Boxes | None:
    """Rows of quartiles (lower, median, upper) on one scale from nought. None if there are none at all."""
    told = [each for row in rows for each in row if each]
    if not told:
        return None
    top, step = scale(max(upper for _lower, _median, upper in told))

    def box(quartiles: Quartiles | None) -> Box | None:
        if quartiles is None:
            return None
        lower, median, upper = (100 * value / top for value in quartiles)
        return Box(percent(lower), percent(max(upper - lower, NARROWEST)), percent(median))

    floor = ROW * len(rows)
    return Boxes(
        height=f"{number(floor + AXIS)}rem",
        axis_y=f"{number(floor)}rem",
        numbers_y=f"{number(floor + 1.1)}rem",
        thick=f"{number(THICK)}rem",
        rows=[
            BoxRow(
                words_y=f"{number(ROW * place + WORDS)}rem",
                first_y=f"{number(ROW * place + FIRST)}rem",
                second_y=f"{number(ROW * place + SECOND)}rem",
                first=box(first),
                second=box(second),
            )
            for place, (first, second) in enumerate(rows)
        ],
        ticks=[(percent(100 * value / top), value) for value in range(step, top + 1, step) if 100 * value / top < EDGE],
    )
