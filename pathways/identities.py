"""Who is behind a name, an address or an account that came in.

What joins at once is told in `pathways/keys.py`; who becomes one person by it, in `pathways/joining.py`.
"""

from typing import Final

from django.db.backends.utils import CursorWrapper

from pathways import bot_signs, joining, suppression
from pathways.keys import EMAIL, KEYED, NAME, USERNAME, VALUES, cleaned
from pathways.turns import take_turns

_CLEAN: Final = f"""
UPDATE {{table}} SET identity_id = NULL, contributor_id = NULL,
    name = {cleaned("name", NAME)}, email = {cleaned("email", EMAIL)}, username = {cleaned("username", USERNAME)}
"""

_KNOWN: Final = """
UPDATE {table} t SET identity_id = i.id, contributor_id = i.contributor_id FROM pathways_identity i
WHERE t.identity_id IS NULL AND i.erased_at IS NULL
    AND (i.source, i.name, i.email, i.username) = (t.source, t.name, t.email, t.username)
"""

# Rows of people who were known when they were looked up, and have been joined to somebody since.
_FOLLOW: Final = """
UPDATE {table} t SET contributor_id = i.contributor_id FROM pathways_identity i
WHERE i.id = t.identity_id AND i.contributor_id <> t.contributor_id
"""

_UNMET: Final = "CREATE TEMPORARY TABLE unmet ON COMMIT DROP AS " + KEYED.format(
    columns="source, name, email, username, is_bot",
    given="""(SELECT source, name, email, username, bool_or({is_bot}) AS is_bot FROM {table}
               WHERE identity_id IS NULL AND name || email || username <> ''
               GROUP BY source, name, email, username)""",
)

_TELLS_BOTS: Final = """
SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'is_bot' AND NOT attisdropped)
"""

_MEET: Final = """
WITH met AS (
    INSERT INTO pathways_identity (source, name, email, username, join_key, account_key, contributor_id)
    SELECT source, name, email, username, join_key, account_key, coalesce(s.contributor_id, vertex::integer)
      FROM placed LEFT JOIN stranger s USING (vertex)
    RETURNING id, contributor_id, source, name, email, username
), given AS (
    UPDATE {table} t SET identity_id = met.id, contributor_id = met.contributor_id FROM met
    WHERE t.identity_id IS NULL
        AND (met.source, met.name, met.email, met.username) = (t.source, t.name, t.email, t.username)
)
SELECT count(*) FROM met
"""


def resolve(cursor: CursorWrapper, *, table: str) -> int:
    """Give each row of a temporary table its identity and contributor; how many identities were new.

    `table` has the columns source, name, email, username (text), identity_id, contributor_id (integer), and may have
    is_bot (boolean): the source itself says that no person did it. `source` is the realm in which the account is
    known, or the name of the stream for a row that tells no account: a bare name joins in all of it. Names, addresses
    and accounts are left in the table stripped and cut to the length of their columns; those of an erased person are
    taken out of it. A row that names nobody keeps NULL. Set-based; needs READ COMMITTED, in which what others
    committed is seen once the turn has come.

    The turn is taken before the first look, and kept until the caller's facts are committed: a merge in between
    would move the pointer, and not the acts that are about to be written with the old one.
    """
    cursor.execute(_CLEAN.format(table=table), VALUES)
    take_turns(cursor)
    cursor.execute(_KNOWN.format(table=table))
    cursor.execute(_TELLS_BOTS, [table])
    (tells_bots,) = cursor.fetchone()
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE identity_id IS NULL)")
    (has_unmet,) = cursor.fetchone()
    met = _meet(cursor, table, "is_bot" if tells_bots else "false") if has_unmet else 0
    if tells_bots:
        bot_signs.note_told(cursor, table=table)
    return met


def _meet(cursor: CursorWrapper, table: str, is_bot: str) -> int:
    """Give the rows that are left identities of their own."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.unmet")
    cursor.execute(_UNMET.format(table=table, is_bot=is_bot), VALUES)
    cursor.execute("ANALYZE unmet")
    suppression.recognise(cursor, table=table)
    if joining.place(cursor):
        cursor.execute(_FOLLOW.format(table=table))
    cursor.execute(_MEET.format(table=table))
    met: int = cursor.fetchone()[0]
    return met
