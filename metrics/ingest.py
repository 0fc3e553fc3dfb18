"""From a file to contributions: all of it or nothing.

The whole input is read and checked first, into a temporary table that nobody else sees. Only a file without a
single problem then takes locks, in one transaction: the pathway's row, so that two imports of a pathway queue up; the
turn that all imports take; and the rows themselves (metrics/arrivals.py). What follows (spans, counts) is asked for by
triggers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, Final, TypedDict

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from metrics import arrivals, quick
from metrics.models import Source
from metrics.sources import Adapter, Problem, csv
from pathways import kinds
from teams.refusals import Refused

#: How many problems a report lists; all are counted.
LISTED: Final = 200


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

    rows: int = 0
    new: int = 0
    duplicate: int = 0
    quarantined: int = 0
    unknown_kind: int = 0
    rejected: int = 0
    last_day: date | None = None
    problems: list[ProblemRow] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Count a rejected row, and list it while there is room."""
        self.rows += 1
        self.rejected += 1
        self.note(problem)

    def note(self, problem: Problem) -> None:
        """List something that a person should know."""
        if len(self.problems) < LISTED:
            cells = [_storable(cell) for cell in problem.cells]
            self.problems.append({**problem._asdict(), "field": _storable(problem.field), "cells": cells})  # type: ignore[typeddict-item]


def _storable(text: str) -> str:
    """The text as PostgreSQL can hold it, and a person see it: what is no text becomes a sign for that."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def ingest(
    source: Source,
    file: BinaryIO,
    read: Adapter,
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
        if report.rejected or not report.rows:
            return report
        try:
            kinds.meet(cursor, table="incoming")
        except Refused as refused:
            report.add(Problem(1, 1, "kind", refused.reason))
            return report
        arrived = arrivals.arrive(cursor, source, import_id=import_id)
        report.new, report.quarantined, report.unknown_kind = arrived.new, arrived.quarantined, arrived.unknown_kind
        report.last_day, report.duplicate = arrived.last_day, report.rows - arrived.new
        for line in arrivals.differing(cursor, LISTED) if report.duplicate else ():
            report.note(Problem(line, 1, "", _("Came before with another time; the first one stands.")))
    return report


def _stage(
    cursor: CursorWrapper,
    source: Source,
    file: BinaryIO,
    read: Adapter,
    *,
    report: Report,
    progress: Callable[[int], None],
) -> None:
    """Put everything that is sound into `incoming`, and count what is not. A plain file takes the quick way."""
    cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")  # the sorts of a million rows in memory
    cursor.execute("DROP TABLE IF EXISTS pg_temp.told CASCADE")  # of an import before, and with it its view
    cursor.execute("DROP TABLE IF EXISTS pg_temp.said, pg_temp.incoming")
    default = source.default_kind.key
    if read is csv.read:
        rows = quick.stage(cursor, file, default_kind=default, progress=progress)
        if rows is not None:
            report.rows = rows
            return
        file.seek(0)
    batches = read(file)
    cursor.execute(
        """
        CREATE TEMPORARY TABLE incoming (
            line integer, external_id text, occurred_at timestamptz, name text, email text, username text, kind text
        ) ON COMMIT DROP
        """
    )
    with cursor.copy("COPY incoming FROM STDIN") as copy:
        for batch in batches:
            for problem in batch.problems:
                report.add(problem)
            if not report.rejected:  # a file that is rejected is still read to its end, for the rest of the report
                for raw in batch.rows:
                    copy.write_row(raw if raw.kind else (*raw[:-1], default))
            report.rows += len(batch.rows)
            progress(batch.position)
    cursor.execute("ANALYZE incoming")
