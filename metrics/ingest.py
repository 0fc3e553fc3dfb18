"""From a file to contributions: all of it or nothing.

The whole input is read and checked first, into a temporary table that nobody else sees. Only a file without a
single problem then takes locks, in one transaction: the pathway's row, so that two imports of a pathway queue up; the
turn that all imports take; and the rows themselves (metrics/arrivals.py). What follows (spans, counts) is asked for by
triggers.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, Final, TypedDict

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from metrics import arrivals, known_again, quick
from metrics.arrivals import Outcome
from metrics.models import Source
from metrics.sources import Batch, Problem, csv
from pathways import kinds
from teams.refusals import Refused

#: How many problems a report lists; all are counted.
LISTED: Final = 200
#: The columns of `incoming`, in the order of a Raw, and their types.
COLUMNS: Final = {
    **{"line": "int4", "external_id": "text", "occurred_at": "timestamptz"},
    **{"name": "text", "email": "text", "username": "text", "kind": "text", "realm": "text", "is_bot": "bool"},
}


class ProblemRow(TypedDict):
    """A problem as an Import keeps it."""

    line: int
    column: int
    field: str
    reason: str
    cells: list[str]


@dataclass
class Report:
    """What became of a file. Every row is new, a duplicate or rejected; of the new ones, some do not count."""

    items: int = 0
    rows: int = 0
    new: int = 0
    duplicate: int = 0
    quarantined: int = 0
    unknown_kind: int = 0
    rejected: int = 0
    last_day: date | None = None
    problems: list[ProblemRow] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    #: Of what a stream brought: what became of each sound row. Empty where a rule kept all of them out.
    outcomes: list[Outcome] = field(default_factory=list)
    #: Lines that name somebody who was erased, so that what they came with is not kept.
    known_again: list[int] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Count a rejected row, and list it while there is room."""
        self.rows += 1
        self.rejected += 1
        self.note(problem)

    def note(self, problem: Problem) -> None:
        """List something that a person should know."""
        if len(self.problems) < LISTED:
            line, column, field, reason, cells = problem
            self.problems.append(
                {
                    "line": line,
                    "column": column,
                    "field": _storable(field),
                    "reason": _storable(reason),
                    "cells": [_storable(cell) for cell in cells],
                }
            )


def _storable(text: str) -> str:
    """The text as PostgreSQL can hold it, and a person see it: what is no text becomes a sign for that."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def ingest(
    source: Source,
    file: BinaryIO,
    read: Callable[[BinaryIO], Iterator[Batch]],
    *,
    import_id: int,
    declared: bool,
    progress: Callable[[int], None],
) -> Report:
    """Add the contributions that `read` finds in the file to the source's pathway. With any problem: only the report.

    `declared` says that a person vouches for a day up to which the delivery is complete: it may then be empty.
    `progress` is told the position in the file after each batch.
    """
    report = Report()
    with transaction.atomic(), connection.cursor() as cursor:
        _stage(cursor, source, file, read, report=report, progress=progress)
        if not report.rows and not declared:
            report.add(Problem(1, 1, "", _("The file has a header and no rows.")))
        if report.rows and not report.rejected:
            _apply(cursor, source, import_id, report)
        _forget(cursor, source, report, limit=1)
    return report


def take(source: Source, batches: Iterable[Batch], *, import_id: int) -> Report:
    """Add what is sound of what a stream brought; what is not is told, and keeps nothing else out."""
    report = Report()
    with transaction.atomic(), connection.cursor() as cursor:
        _clear(cursor)
        _copy(cursor, source, batches, report=report, progress=lambda _position: None)
        if report.rows > report.rejected and _apply(cursor, source, import_id, report):
            report.outcomes = list(arrivals.outcomes(cursor))
        _forget(cursor, source, report, limit=LISTED)
    return report


def _forget(cursor: CursorWrapper, source: Source, report: Report, *, limit: int) -> None:
    """Tell where somebody stands who was erased, and tell no name of theirs."""
    told = known_again.without_names(report.problems, source)
    emptied = [after["line"] for before, after in zip(report.problems, told, strict=True) if before != after]
    report.known_again, report.problems = [*known_again.lines(cursor, source, limit=limit), *emptied], told


def _apply(cursor: CursorWrapper, source: Source, import_id: int, report: Report) -> bool:
    """From `incoming` to contributions; whether a rule that is about all of them let them in."""
    try:
        kinds.meet(cursor, table="incoming")
    except Refused as refused:
        report.add(Problem(1, 1, "kind", refused.reason))
        return False
    arrived = arrivals.arrive(cursor, source, import_id=import_id)
    report.new, report.quarantined, report.unknown_kind = arrived.new, arrived.quarantined, arrived.unknown_kind
    report.last_day, report.duplicate = arrived.last_day, report.rows - report.rejected - arrived.new
    for line in arrivals.differing(cursor, LISTED) if report.duplicate else ():
        report.note(Problem(line, 1, "", _("Came before with another time; the first one stands.")))
    return True


def _stage(
    cursor: CursorWrapper,
    source: Source,
    file: BinaryIO,
    read: Callable[[BinaryIO], Iterator[Batch]],
    *,
    report: Report,
    progress: Callable[[int], None],
) -> None:
    """Put everything that is sound into `incoming`, and count what is not. A plain file takes the quick way."""
    _clear(cursor)
    if read is csv.read:
        rows = quick.stage(cursor, file, default_kind=source.default_kind.key, progress=progress)
        if rows is not None:
            report.rows = rows
            return
        file.seek(0)
    _copy(cursor, source, read(file), report=report, progress=progress)


def _clear(cursor: CursorWrapper) -> None:
    # The sorts of a million rows in memory; and a look at 3,000 of them tells the planner all that it needs to know.
    cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'; SET LOCAL default_statistics_target = 10")
    cursor.execute("DROP TABLE IF EXISTS pg_temp.told CASCADE")  # of an import before, and with it its view
    cursor.execute("DROP TABLE IF EXISTS pg_temp.said, pg_temp.incoming")


def _copy(
    cursor: CursorWrapper,
    source: Source,
    batches: Iterable[Batch],
    *,
    report: Report,
    progress: Callable[[int], None],
) -> None:
    """Put the sound rows into `incoming`, and the others into the report."""
    default = source.default_kind.key
    columns = ", ".join(f"{name} {type_of}" for name, type_of in COLUMNS.items())
    cursor.execute(f"CREATE TEMPORARY TABLE incoming ({columns}) ON COMMIT DROP")
    with cursor.copy("COPY incoming FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([*COLUMNS.values()])  # as text, each time alone would take as long as the rest of its row
        for batch in batches:
            for problem in batch.problems:
                report.add(problem)
            report.passed.update(batch.passed)
            report.items += batch.items
            for raw in batch.rows:
                copy.write_row(raw if raw.kind else raw._replace(kind=default))
            report.rows += len(batch.rows)
            progress(batch.position)
    cursor.execute("ANALYZE incoming")
