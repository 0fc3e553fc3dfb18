"""Adapters: one file for each kind of source. An adapter knows a format, and nothing of teams or tables.

The contract: `read(file, options)` yields `Batch`es, in the order of the file, with memory that does not grow with
it. Whatever is wrong with the input becomes a `Problem` with its place; an adapter raises nothing for bad input.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, BinaryIO, NamedTuple
from zoneinfo import ZoneInfo


class Raw(NamedTuple):
    """One contribution as the source tells it. Texts are stripped; `kind` is "" where the source names none.

    `realm` is where the account is known by that name, as "github" or "gitlab:code.example": the same account of
    the same realm is the same person, whatever brought it. "" is the stream itself, of which nobody else knows.
    `is_bot` is true where the source itself says that no person did it.
    """

    line: int
    external_id: str
    occurred_at: datetime
    name: str
    email: str
    username: str
    kind: str
    realm: str = ""
    is_bot: bool = False


class Problem(NamedTuple):
    """Why a row cannot be taken, and where it stands: physical line and cell, both counted from 1.

    In JSON, the column is that of the character, and the field the path to it ("data.comments[2].created_at").
    """

    line: int
    column: int
    field: str
    reason: str
    cells: tuple[str, ...] = ()

    def __str__(self) -> str:
        field = f" ({self.field})" if self.field else ""
        return f"line {self.line}, column {self.column}{field}: {self.reason}"


class Batch(NamedTuple):
    """Some rows and some problems; `position` is how many bytes of the stored file have been read.

    `passed` counts, by reason, what is left out because it is no contribution: a merge, an edit, a pull request that
    stands among the issues once more. Nothing is wrong with it, and nobody should wonder where it went.
    """

    rows: list[Raw]
    problems: list[Problem]
    position: int
    passed: Mapping[str, int] = {}
    #: Of what holds several contributions each, or none (Perceval's items): how many were read, for a person to check.
    items: int = 0


class Told(NamedTuple):
    """What one delivery of a stream tells: contributions; what was left out, by reason; or what is wrong with it."""

    rows: list[Raw]
    passed: Mapping[str, int] = {}
    problem: Problem | None = None


@dataclass(frozen=True)
class Options:
    """What a person has said about a source, because its bytes do not tell."""

    #: Of times that name none; in CSV such times are refused unless somebody has named one.
    zone: tzinfo = UTC
    is_zone_told: bool = False
    #: Our field: the name of the column that holds it, as the header spells it (CSV).
    columns: Mapping[str, str] = field(default_factory=dict)
    #: In which order the numbers of a day stand that is not written as ISO does (CSV, metrics/sources/days.py).
    days: str = ""
    #: Who did all of it, where no column tells: name, e-mail, account (CSV).
    all_by: tuple[str, str, str] = ("", "", "")
    #: Rows that are no contributions: a column, and the texts in it that say so, folded (CSV).
    leave_out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Whether "Co-authored-by" makes further contributors (git and its kin).
    co_authors: bool = True

    @classmethod
    def of(cls, kept: Mapping[str, Any], *, zone: str) -> "Options":
        """As a source keeps them: columns, days, all_by, leave_out, co_authors; `zone` is "" if none was named."""
        name, email, username = kept.get("all_by") or ("", "", "")
        return cls(
            zone=ZoneInfo(zone or "UTC"),
            is_zone_told=bool(zone),
            columns=kept.get("columns") or {},
            days=kept.get("days", ""),
            all_by=(name, email, username),
            leave_out={column: frozenset(texts) for column, texts in kept.get("leave_out", {}).items()},
            co_authors=kept.get("co_authors", True),
        )

    @property
    def is_plain(self) -> bool:
        """Nothing has been said that changes how a CSV file is read."""
        return not (self.columns or self.days or any(self.all_by) or self.leave_out or self.is_zone_told)


Adapter = Callable[[BinaryIO, Options], Iterator[Batch]]
