"""The geometry of a cohort heat map: a row a cohort, a column a number of days. As in `lifecycle.charts`."""

from collections.abc import Sequence
from dataclasses import dataclass

from lifecycle.charts import percent

#: Where the cells begin and end, in per cent; before them stand the cohort and its people.
LEFT, RIGHT = 36.0, 99.6
#: From so many per cent on a cell takes the next step of the ramp.
STEPS = (1, 10, 25, 50)


@dataclass(frozen=True)
class Cell:
    """One share: where it stands, and its step of the ramp (0 to 4; None where there is no share to colour)."""

    x: str
    middle: str
    heat: int | None


@dataclass(frozen=True)
class Row:
    """One cohort's cells, and where they stand."""

    y: str
    middle: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class HeatMap:
    """The picture: `head` is the middle of the line of column names, `columns` are the middles of the columns."""

    head: str
    width: str
    height: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def heat(share: int | None) -> int | None:
    """The step of the ramp for a share in per cent."""
    return None if share is None else sum(share >= step for step in STEPS)


def heat_map(shares: Sequence[Sequence[int | None]]) -> HeatMap | None:
    """A map of shares in per cent, row by row, all of one length. None without rows."""
    if not shares:
        return None
    slot = 100 / (len(shares) + 1)
    width = (RIGHT - LEFT) / len(shares[0])
    middles = tuple(percent(LEFT + width * (place + 0.5)) for place in range(len(shares[0])))
    return HeatMap(
        head=percent(slot / 2),
        width=percent(width),
        height=percent(slot),
        columns=middles,
        rows=tuple(
            Row(
                y=percent(slot * nth),
                middle=percent(slot * (nth + 0.5)),
                cells=tuple(
                    Cell(x=percent(LEFT + width * place), middle=middles[place], heat=heat(share))
                    for place, share in enumerate(row)
                ),
            )
            for nth, row in enumerate(shares, start=1)
        ),
    )
