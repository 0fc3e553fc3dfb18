"""CSV (RFC 4180, UTF-8) with one contribution a row: what `git log` exports, spreadsheets and people's tools write.

Cells are parted by commas, semicolons or tabs, whichever the header has most of. Columns are found by the header's
names, in any case and order; those we do not know are left alone. `ALIASES` is the whole vocabulary, unless somebody
has said which column holds what. Who it was: the mapped name and e-mail where one of them stands, else the author's.
When it was: `author_ts` (Unix seconds), else `author_date` (ISO 8601 with its offset, or a plain UTC day; without an
offset only where somebody has named the time zone).
"""

import csv
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from metrics.sources import Batch, Options, Problem, Raw
from metrics.sources.header import AS_SAID, Header
from metrics.sources.text import Lines, Unreadable

BATCH: Final = 5_000
DELIMITERS: Final = (",", ";", "\t")


def read(file: BinaryIO, options: Options = AS_SAID) -> Iterator[Batch]:
    """Batches of the file's contributions and problems (the contract of metrics/sources/__init__.py)."""
    sound: list[Raw] = []
    problems: list[Problem] = []
    passed: Counter[str] = Counter()
    try:
        for one in found(file, options):
            if isinstance(one, Raw):
                sound.append(one)
            elif isinstance(one, Problem):
                problems.append(one)
            else:
                passed[one] += 1
            if len(sound) + len(problems) >= BATCH:
                yield Batch(sound, problems, file.tell(), passed)
                sound, problems, passed = [], [], Counter()
    except Unreadable as error:
        problems.append(error.problem)
    yield Batch(sound, problems, file.tell(), passed)


def found(file: BinaryIO, options: Options) -> Iterator[Raw | Problem | str]:
    """What each row is: a contribution, a problem, or why it is left out. Raises Unreadable."""
    lines, cells, header = opened(file, options)
    for row in rows(cells, lines):
        yield header.read(row, lines)


def rows(cells: Iterator[list[str]], lines: Lines) -> Iterator[list[str]]:
    """The rows behind the header, but for blank lines. Raises Unreadable."""
    lines.begin()
    while (row := _next_row(cells, lines)) is not None:
        if row:
            yield row
        lines.begin()


def opened(file: BinaryIO, options: Options = AS_SAID) -> tuple[Lines, Iterator[list[str]], Header]:
    """A file behind its header, which is read. Raises Unreadable for one that cannot be used."""
    lines, cells, row = behind_names(file)
    return lines, cells, Header(row, lines, options)


def behind_names(file: BinaryIO) -> tuple[Lines, Iterator[list[str]], list[str]]:
    """A file behind its first row, whatever stands there. Raises Unreadable for what is no text, or empty."""
    lines = Lines(file)
    first = lines.peek()
    lines.delimiter = delimiter_of(first)
    # Strict: a quote in a wrong place is an error, not a guess.
    cells = csv.reader(lines, strict=True, delimiter=lines.delimiter)
    while (row := _next_row(cells, lines)) is not None:
        if row:
            return lines, cells, row
        lines.begin()
    raise lines.unreadable(_("The file is empty."))


def delimiter_of(header: str) -> str:
    """What parts the cells: the mark of which most stand outside quotes; a comma before others."""
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


def _next_row(cells: Iterator[list[str]], lines: Lines) -> list[str] | None:
    try:
        return next(cells, None)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            reason = _("The file ends inside a quoted cell: it was cut off, or a closing quote is missing.")
        elif "new-line character" in str(error):
            reason = _("A carriage return stands inside a cell without quotes. Save the file with normal line ends.")
        else:
            reason = _("A quote stands where none may: cells with quotes need quotes around them, doubled inside.")
        raise lines.unreadable(reason) from None
