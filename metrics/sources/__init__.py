"""Adapters: one file for each kind of source. An adapter knows a format, and nothing of teams or tables.

The contract: `read(file)` yields `Batch`es, in the order of the file, with memory that does not grow with it.
Whatever is wrong with the input becomes a `Problem` with its place; an adapter raises nothing for bad input.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple


class Raw(NamedTuple):
    """One contribution as the source tells it. Texts are stripped; `kind` is "" where the source names none."""

    line: int
    external_id: str
    occurred_at: datetime
    name: str
    email: str
    username: str
    kind: str


class Problem(NamedTuple):
    """Why a row cannot be taken, and where it stands: physical line and cell, both counted from 1."""

    line: int
    column: int
    field: str
    reason: str
    cells: tuple[str, ...] = ()

    def __str__(self) -> str:
        field = f" ({self.field})" if self.field else ""
        return f"line {self.line}, column {self.column}{field}: {self.reason}"


class Batch(NamedTuple):
    """Some rows and some problems; `position` is how many bytes of the stored file have been read."""

    rows: list[Raw]
    problems: list[Problem]
    position: int


Adapter = Callable[[BinaryIO], Iterator[Batch]]
