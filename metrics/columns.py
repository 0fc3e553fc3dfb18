"""Which column of a table holds what: proposed from its header, told by a person, remembered by the source."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final, cast

from django.core.files import File

from metrics.models import Import, Source
from metrics.sources import Options, Problem, Raw, csv
from metrics.sources.days import order_of
from metrics.sources.dialects import Guess, guess, with_content
from metrics.sources.header import Lacking
from metrics.sources.text import Unreadable

#: Where it makes sense to say anew what a file's columns hold: it has brought nothing, or nothing of it stands.
AGAIN: Final = (Import.State.REJECTED, Import.State.UNDONE)
#: Rows that a person looks at.
SHOWN: Final = 5


@dataclass(frozen=True)
class Preview:
    """The beginning of a table: its header, the first rows, and what it seems to be."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    guess: Guess
    problem: Problem | None = None

    @property
    def days(self) -> str:
        """The order in which its days seem to be written; "" where they do not tell."""
        return order_of(cell.strip() for row in self.rows for cell in row)


@dataclass(frozen=True)
class Trial:
    """What the first rows say when they are read as somebody has told."""

    rows: Sequence[Raw]
    problems: Sequence[Problem]


def is_lacking(file: "File[bytes]", options: Options) -> bool:
    """Whether the header of a table, or the dates of its first rows, do not tell what is needed, and a person could."""
    try:
        file.seek(0)
        lines, cells, header = csv.opened(cast("BinaryIO", file), options)
        return any(header.asks(row) for row in islice(csv.rows(cells, lines), SHOWN))
    except Lacking:
        return True
    except Unreadable:
        return False


def may_be_told(delivery: Import) -> bool:
    """Whether somebody may say what the columns of an import's file hold."""
    is_open = delivery.state == Import.State.ASKING or delivery.state in AGAIN
    return is_open and delivery.source.type == Source.Type.CSV and bool(delivery.file)


def preview_of(delivery: Import) -> Preview:
    """The first rows of an import's table. Raises FileNotFoundError."""
    with delivery.file.open("rb") as file:
        try:
            lines, cells, header = csv.behind_names(cast("BinaryIO", file))
            rows = list(islice(csv.rows(cells, lines), SHOWN))
        except Unreadable as error:
            return Preview([], [], Guess(), error.problem)
    return Preview(header, rows, with_content(guess(header), header, rows))


def trial_of(delivery: Import, options: Options) -> Trial:
    """Read the first rows as told. Raises FileNotFoundError."""
    with delivery.file.open("rb") as file:
        rows: list[Raw] = []
        problems: list[Problem] = []
        try:
            for found in islice(csv.found(cast("BinaryIO", file), options), SHOWN):
                if isinstance(found, Raw):
                    rows.append(found)
                elif isinstance(found, Problem):
                    problems.append(found)
        except Unreadable as error:
            problems.append(error.problem)
    return Trial(rows, problems)
