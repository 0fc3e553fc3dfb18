"""The quick way in: a plain CSV goes to PostgreSQL as it is, and is read there.

What comes out is the table `incoming` of metrics/ingest.py (here a view), with the very rows that the careful reader
would have put there: a test holds the two together on random files. Whatever this way cannot vouch for, it leaves to
the careful reader, which also finds the words for what is wrong.
"""

from collections.abc import Callable
from typing import BinaryIO, Final

import psycopg
from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.db.utils import DataError

from metrics.sources.header import LONGEST, kind_key
from metrics.sources.plain import Doubtful, Plain
from pathways.keys import BLANKS

#: Of one file; whoever has more kinds than that has something else in the column.
KINDS: Final = 1000
#: ISO 8601 with an offset, as `author_date` has it: nothing that only PostgreSQL would understand.
SHAPES: Final = ("____-__-__T__:__:__+__:__", "____-__-__T__:__:__-__:__", "____-__-__T__:__:__Z", "____-__-__")

#: Rows that the careful reader has to look at. A cast that fails does so for all of them.
DOUBTED = """
SELECT EXISTS (
    SELECT FROM told
     WHERE {external_id} = '' OR ({mapped_name}, {mapped_email}, {name}, {email}, {username}) = ('', '', '', '', '')
        OR {too_long}
        OR CASE WHEN {timestamp} <> '' THEN ({timestamp}::bigint)::text <> {timestamp}
                     OR {timestamp}::bigint NOT BETWEEN -62135596800 AND 253402300799
                ELSE {date} = '' END
        OR ({date} <> '' AND (NOT ({shaped}) OR {date} < '0001' OR substr({date}, 12, 2) > '23'
                              OR substr({date}, 18, 2) > '59' OR NOT isfinite({date}::timestamptz)))
)
"""

VIEW = """
CREATE TEMPORARY VIEW incoming AS
SELECT line, {external_id} AS external_id,
       CASE WHEN {timestamp} <> '' THEN to_timestamp({timestamp}::bigint) ELSE {date}::timestamptz END AS occurred_at,
       {who_name} AS name, {who_email} AS email, {username} AS username, said.key AS kind,
       ''::text AS realm, false AS is_bot
  FROM told JOIN said ON said.kind = {kind}
"""


def stage(cursor: CursorWrapper, file: BinaryIO, *, default_kind: str, progress: Callable[[int], None]) -> int | None:
    """Make `incoming` of a plain file, inside the caller's transaction: how many rows. None: read it with care."""
    try:
        with transaction.atomic():
            return _stage(cursor, Plain(file), default_kind, progress)
    except (Doubtful, DataError, psycopg.errors.DataError):
        return None


def _stage(cursor: CursorWrapper, plain: Plain, default_kind: str, progress: Callable[[int], None]) -> int:
    columns = [f"c{number}" for number in range(len(plain.fields))]
    texts = ", ".join(f"{column} text" for column in columns)
    cursor.execute(
        f"CREATE TEMPORARY TABLE told (line integer GENERATED ALWAYS AS IDENTITY (START 2), {texts}) ON COMMIT DROP"
    )
    named = ", ".join(columns)
    has_blanks = False
    with cursor.copy(f"COPY told ({named}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({named}))") as copy:
        for block in plain.blocks():
            copy.write(block.data)
            has_blanks = has_blanks or block.has_blanks
            progress(block.position)
    rows: int = cursor.rowcount
    at = dict(zip(plain.fields, columns, strict=True))
    cells = {field: _cell(at.get(field), has_blanks=has_blanks) for field in (*LONGEST, "timestamp", "date")}
    _be_sure(cursor, at, cells)
    _name_kinds(cursor, cells["kind"], default_kind)
    is_mapped = f"{cells['mapped_name']} <> '' OR {cells['mapped_email']} <> ''"
    cells["who_name"], cells["who_email"] = (
        f"CASE WHEN {is_mapped} THEN {cells['mapped_' + field]} ELSE {cells[field]} END" for field in ("name", "email")
    )
    cursor.execute(VIEW.format(**cells))
    return rows


def _cell(column: str | None, *, has_blanks: bool) -> str:
    """SQL of a field's text, stripped as the careful reader strips it.

    Where there is none, a text and no bare literal: that would be read as a number or a date as soon as it is parsed.
    """
    if column is None:
        return "''::text"
    return f"btrim({column}, {_literal(BLANKS)})" if has_blanks else column


def _literal(text: str) -> str:
    return "U&'" + "".join(f"\\{ord(character):04X}" for character in text) + "'"


def _be_sure(cursor: CursorWrapper, at: dict[str, str], cells: dict[str, str]) -> None:
    """Raises Doubtful when a row is wrong, or might be. Bytes are at least as many as characters."""
    too_long = " OR ".join(f"octet_length({at[field]}) > {limit}" for field, limit in LONGEST.items() if field in at)
    shaped = " OR ".join(f"{cells['date']} LIKE '{shape}'" for shape in SHAPES)
    # %-signs would be placeholders; there are none in what is put together here.
    cursor.execute(DOUBTED.format(**cells, too_long=too_long, shaped=shaped))
    if cursor.fetchone()[0]:
        raise Doubtful


def _name_kinds(cursor: CursorWrapper, kind: str, default_kind: str) -> None:
    """`said`: the registry's spelling of each kind that the file names, by the careful reader's own rule."""
    cursor.execute(f"SELECT DISTINCT {kind} FROM told LIMIT {KINDS + 1}")
    kinds = [text for (text,) in cursor.fetchall()]
    if len(kinds) > KINDS:
        raise Doubtful
    cursor.execute("CREATE TEMPORARY TABLE said (kind text, key text) ON COMMIT DROP")
    cursor.executemany("INSERT INTO said VALUES (%s, %s)", [(text, kind_key(text) or default_kind) for text in kinds])
    cursor.execute("ANALYZE said")
