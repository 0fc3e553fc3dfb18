"""Tables damaged at a known place: the place that is told is the place that was damaged, whatever parts the cells."""

import io
import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from metrics.sources import Options, Problem, csv
from tests.metrics.files import NOON

NAMES = ["commit", "author_name", "author_email", "author_ts", "author_date"]
ROWS = 9
Cells = list[bytes]


class Damage(NamedTuple):
    """What is done to the cells of a row, the column at which that shows, and a word of the reason."""

    do: Callable[[Cells], Cells]
    column: int
    word: str


def cell(column: int, by: bytes, word: str) -> Damage:
    """Another text in a cell."""
    return Damage(lambda cells: [*cells[: column - 1], by, *cells[column:]], column, word)


def rows(*changed: tuple[int, Callable[[Cells], Cells]]) -> list[Cells]:
    """Sound rows, some of them changed."""
    found = [
        [b"c%d" % number, b"Ann %d" % number, b"ann@home.example", b"%d" % (NOON + number), b""]
        for number in range(ROWS)
    ]
    for number, do in changed:
        found[number] = do(found[number])
    return found


DAMAGES = [
    cell(1, b"", "no id"),
    cell(1, b" \t ", "no id"),
    cell(1, b"x" * 501, "longer than 500"),
    cell(2, b"A\0nn", "NUL"),
    cell(2, b"x" * 201, "longer than 200"),
    cell(2, b"Ann\xff", "0xFF"),
    cell(3, b"\xc3(@home.example", "0xC3"),
    cell(3, b"x" * 255, "longer than 254"),
    cell(4, b"soon", "no Unix time"),
    cell(4, b"1e9", "no Unix time"),
    cell(4, b"1704888000.5", "no Unix time"),
    cell(4, b"99999999999999", "no Unix time"),
    cell(4, b"--1", "no Unix time"),
    Damage(lambda cells: [*cells[:3], b"", b""], 5, "time is missing"),
    cell(4, "\u0661".encode(), "no Unix time"),
    cell(5, b"2026-02-30", "no date"),
    cell(5, b"2026-13-01T00:00:00+00:00", "no date"),
    cell(5, b"yesterday", "no date"),
    cell(5, b"2026-02-28T25:00:00+00:00", "no date"),
    cell(5, b"2026-02-28T12:00:00+25:00", "no date"),
    cell(5, b"2026-02-28T12:00:00", "does not say its offset"),
    cell(5, b"31/12/2025", "day from month"),
    Damage(lambda cells: [cells[0], b"", b"", *cells[3:]], 3, "Nobody is named"),
    Damage(lambda cells: cells[:3], 4, "3 cells"),
    Damage(lambda cells: cells[:1], 2, "1 cell"),
    Damage(lambda cells: [*cells, b"more"], 6, "6 cells"),
    Damage(lambda cells: [*cells[:4], b"", b"", b""], 6, "7 cells"),
]
#: Past these nothing can be read.
ENDS = [
    cell(2, b'"An"n', "quote"),
    cell(3, b'"ann@home.example" x', "quote"),
    cell(1, b'"c"1', "quote"),
    cell(4, b"17\r04", "carriage return"),
]
MARKS, BREAKS = (b",", b";", b"\t"), (b"\n", b"\r\n")


def written(cells: list[Cells], mark: bytes, line_break: bytes) -> bytes:
    return b"".join(mark.join(row) + line_break for row in ([name.encode() for name in NAMES], *cells))


def problems(content: bytes) -> list[Problem]:
    return [problem for batch in csv.read(io.BytesIO(content), Options()) for problem in batch.problems]


def cases(damages: list[Damage]) -> Iterator[tuple[Damage, int, bytes, bytes]]:
    """Each damage in the first, the middle and the last row."""
    return itertools.product(damages, (0, ROWS // 2, ROWS - 1), MARKS, BREAKS)


def test_one_bad_cell_is_told_with_its_line_column_and_reason() -> None:
    number = 0
    for damage, at, mark, line_break in cases(DAMAGES):
        if mark == b"\t" and b"\t" in b"".join(damage.do(rows()[0])):
            continue
        content = written(rows((at, damage.do)), mark, line_break)
        found = problems(content)
        assert [(one.line, one.column) for one in found] == [(at + 2, damage.column)], (damage, mark, found)
        assert damage.word in found[0].reason, (damage, found)
        number += 1
    assert number > 450


def test_where_nothing_more_can_be_read_that_place_is_told() -> None:
    number = 0
    for damage, at, mark, line_break in cases(ENDS):
        if damage.word == "carriage return" and line_break == b"\r\n":
            continue  # there it is an end of a line
        found = problems(written(rows((at, damage.do)), mark, line_break))
        assert [(one.line, one.column) for one in found] == [(at + 2, damage.column)], (damage, mark, found)
        assert damage.word in found[0].reason, (damage, found)
        number += 1
    assert number > 60


@pytest.mark.parametrize("mark", MARKS)
def test_two_bad_rows_are_two_problems(mark: bytes) -> None:
    for one, other in itertools.combinations(DAMAGES, 2):
        if b"\t" in b"".join([*one.do(rows()[0]), *other.do(rows()[0])]):
            continue
        found = problems(written(rows((2, one.do), (5, other.do)), mark, b"\n"))
        assert [(each.line, each.column) for each in found] == [(4, one.column), (7, other.column)]
