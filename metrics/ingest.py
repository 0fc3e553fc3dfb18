"""From a file to contributions: all of it or nothing.

The whole input is read and checked first, into a temporary table that nobody else sees. Only a file without a
single problem then takes locks, in one transaction: the pathway's row, so that two imports of a pathway queue
up; identities; the rows themselves, in the order of the index every reader walks. A second delivery of the same
contribution is turned away by its primary key. What follows (spans, counts) is asked for by triggers.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, Final, TypedDict

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from lifecycle import jobs
from metrics import quarantine, quick
from metrics.models import Source
from metrics.sources import Batch, Problem, csv
from pathways import kinds
from pathways.identities import resolve
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
    passed: Counter[str] = field(default_factory=Counter)

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
    return report


def take(source: Source, batches: Iterable[Batch], *, import_id: int) -> Report:
    """Add what is sound of what a stream brought; what is not is told, and keeps nothing else out."""
    report = Report()
    with transaction.atomic(), connection.cursor() as cursor:
        _clear(cursor)
        _copy(cursor, source, batches, report=report, is_whole=False, progress=lambda _position: None)
        if report.rows > report.rejected:
            _apply(cursor, source, import_id, report)
    return report


def _apply(cursor: CursorWrapper, source: Source, import_id: int, report: Report) -> None:
    """From `incoming` to contributions."""
    try:
        kinds.meet(cursor, table="incoming")
    except Refused as refused:
        report.add(Problem(1, 1, "kind", refused.reason))
        return
    # Before anything shared is touched; the key share of other rows is not in its way.
    cursor.execute("SELECT id FROM pathways_pathway WHERE id = %s FOR NO KEY UPDATE", [source.pathway_id])
    _resolve(cursor, source)
    _insert(cursor, source, import_id, report)


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
    _copy(cursor, source, read(file), report=report, is_whole=True, progress=progress)


def _clear(cursor: CursorWrapper) -> None:
    cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")  # the sorts of a million rows in memory
    cursor.execute("DROP TABLE IF EXISTS pg_temp.told CASCADE")  # of an import before, and with it its view
    cursor.execute("DROP TABLE IF EXISTS pg_temp.said, pg_temp.incoming, pg_temp.incoming_person, pg_temp.arriving")


def _copy(
    cursor: CursorWrapper,
    source: Source,
    batches: Iterable[Batch],
    *,
    report: Report,
    is_whole: bool,
    progress: Callable[[int], None],
) -> None:
    """Put the rows into `incoming`. `is_whole`: one problem keeps all of it out."""
    default = source.default_kind.key
    cursor.execute(
        """
        CREATE TEMPORARY TABLE incoming (
            line integer, external_id text, occurred_at timestamptz, name text, email text, username text, kind text,
            realm text, is_bot boolean
        ) ON COMMIT DROP
        """
    )
    with cursor.copy("COPY incoming FROM STDIN") as copy:
        for batch in batches:
            for problem in batch.problems:
                report.add(problem)
            report.passed.update(batch.passed)
            if not (is_whole and report.rejected):  # a file is still read to its end, for the rest of the report
                for raw in batch.rows:
                    copy.write_row(raw if raw.kind else raw._replace(kind=default))
            report.rows += len(batch.rows)
            progress(batch.position)
    cursor.execute("ANALYZE incoming")


def _resolve(cursor: CursorWrapper, source: Source) -> None:
    """Give every name and address that came in its identity and contributor. Few, so they are resolved once each."""
    cursor.execute(
        """
        CREATE TEMPORARY TABLE incoming_person ON COMMIT DROP AS
        SELECT realm AS given_realm, name AS given_name, email AS given_email, username AS given_username,
            CASE WHEN realm = '' OR username = '' THEN %s ELSE realm END AS source, name, email, username,
            bool_or(is_bot) AS is_bot, NULL::integer AS identity_id, NULL::integer AS contributor_id
        FROM incoming GROUP BY realm, name, email, username
        """,
        [source.identity_source],
    )
    if resolve(cursor, table="incoming_person"):
        jobs.ask("likeness", str(source.team_id))
    # Most people are called nothing by anybody; of the others, each act is asked about, for the dates decide.
    cursor.execute(
        """
        ALTER TABLE incoming_person ADD is_told boolean;
        UPDATE incoming_person SET is_told =
            EXISTS (SELECT FROM pathways_affiliation a WHERE a.contributor_id = incoming_person.contributor_id)
            OR metrics_domain(email) IN (SELECT domain FROM pathways_affiliationrule)
        """
    )
    cursor.execute("ANALYZE incoming_person")


ARRIVING = """
CREATE TEMPORARY TABLE arriving ON COMMIT DROP AS
SELECT substring(sha256(convert_to(i.kind || ' ' || i.external_id, 'UTF8')) FROM 1 FOR 11) AS key,
    i.line, i.occurred_at, p.identity_id, p.contributor_id, k.id AS kind_id,
    CASE WHEN d.day < %(starts_on)s THEN 2 WHEN d.day > %(latest)s THEN 3
         WHEN p.is_told THEN metrics_is_staff(p.contributor_id, p.email, d.day)::int ELSE 0 END AS state
FROM incoming i
    JOIN incoming_person p ON (p.given_realm, p.given_name, p.given_email, p.given_username)
        = (i.realm, i.name, i.email, i.username)
    JOIN pathways_kind k ON k.key = i.kind
    CROSS JOIN LATERAL (SELECT timezone('UTC', i.occurred_at)::date AS day) d
"""

# Of one contribution told twice in a file, the first stands. The order of the insert is that of the track index,
# and the same for everybody: two imports that meet on a key wait for each other, and never in a circle. What is there
# already is passed over in one go; ON CONFLICT is for what comes in meanwhile.
INSERT = """
WITH added AS (
    INSERT INTO metrics_contribution
        (occurred_at, team_id, pathway_id, contributor_id, identity_id, import_id, kind_id, state, key)
    SELECT occurred_at, %(team)s, %(pathway)s, contributor_id, identity_id, %(import)s, kind_id, state, key
    FROM (
        SELECT DISTINCT ON (key) * FROM arriving
        WHERE NOT EXISTS (SELECT FROM metrics_contribution c WHERE c.team_id = %(team)s AND c.key = arriving.key)
        ORDER BY key, line
    ) one
    ORDER BY contributor_id, occurred_at, key
    ON CONFLICT (team_id, key) DO NOTHING
    RETURNING kind_id, state
)
SELECT count(*), count(*) FILTER (WHERE a.state > 1), count(*) FILTER (WHERE k.state = 'unknown')
FROM added a JOIN pathways_kind k ON k.id = a.kind_id
"""

DIFFERS = """
SELECT a.line FROM arriving a JOIN metrics_contribution c
  ON c.team_id = %(team)s AND c.key = a.key AND c.occurred_at <> a.occurred_at
ORDER BY a.line LIMIT %(listed)s
"""


def _insert(cursor: CursorWrapper, source: Source, import_id: int, report: Report) -> None:
    """Add what is not there yet, and count."""
    values: dict[str, int | date] = {
        "team": source.team_id,
        "pathway": source.pathway_id,
        "import": import_id,
        "starts_on": quarantine.first_day(source),
        "latest": quarantine.last_day(source),
    }
    cursor.execute(ARRIVING, values)
    cursor.execute("ANALYZE arriving")
    cursor.execute(INSERT, values)
    report.new, report.quarantined, report.unknown_kind = cursor.fetchone()
    report.duplicate = report.rows - report.rejected - report.new
    cursor.execute("SELECT max(timezone('UTC', occurred_at)::date) FROM arriving WHERE state < 2")
    (report.last_day,) = cursor.fetchone()
    if report.duplicate:
        cursor.execute(DIFFERS, {**values, "listed": LISTED})
        for (line,) in cursor.fetchall():
            report.note(Problem(line, 1, "", _("Came before with another time; the first one stands.")))
