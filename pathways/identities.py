"""Who is behind a name, an address or an account that came in.

What joins at once is the *join key*. An e-mail address joins everywhere. Without one that is a person's own, an
account joins on its source, and without an account a name joins within its source, and only there. Two rules
follow from the care that a wrong join needs: plus-tags keep addresses apart, and so does the number in front of
a GitHub noreply address, for the name of an account can pass to somebody else. Both are a person's to merge.

`join_key` is the rule in Python, `resolve` the same rule in SQL for a million rows; a test holds them together.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from pathways import suppression
from teams.refusals import Busy

#: White space of every sort and what is invisible: stripped from both ends, and never part of an address.
BLANKS: Final = (
    "".join(map(chr, [*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C)]))
    + "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
NAME, EMAIL, USERNAME, KEY = 200, 254, 120, 330  # lengths of the columns, in characters
#: A local part, and a host with a dot in it; "box.(none)" is what git writes where it knows no host.
OWN_ADDRESS: Final = rf"[^@{BLANKS}]+@[^@.(){BLANKS}]+(\.[^@.(){BLANKS}]+)+"
#: What tools fill in, shared by strangers, so it joins nobody.
SHARED_ADDRESSES: Final = ("noreply@github.com", "you@example.com")
SHARED_HOST: Final = ".localdomain"


def _folds() -> dict[str, str]:
    """Each character whose case-folded form is another single character. No cased letter lies above U+1F000."""
    folds = {}
    for char in map(chr, range(0x80, 0x1F000)):
        folded = char.casefold() if len(char.casefold()) == 1 else char.lower()
        if folded != char and len(folded) == 1:
            folds[char] = folded
    return folds


# What PostgreSQL's lower() knows depends on its locale, and not every build has ICU: so the letters are passed to
# it. Plain ASCII, which is nearly everything, goes by lower() under the C collation.
_FOLDS: Final = _folds()
_FOLD_TABLE: Final = str.maketrans(_FOLDS) | {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(text: str) -> str:
    """The text without difference of case and of Unicode form."""
    return unicodedata.normalize("NFC", text).translate(_FOLD_TABLE)


def join_key(source: str, name: str, email: str, username: str) -> str:
    """What joins an identity to others at once: "mail:...", "user:<source>:..." or "name:<source>:...".

    An address that is no person's own (placeholders, no host with a dot) is passed over; when there is nothing
    else, it stands in for a name. Empty when nothing was given.
    """
    name, email = name.strip(BLANKS)[:NAME], email.strip(BLANKS)[:EMAIL]
    username = username.strip(BLANKS)[:USERNAME]
    address = fold(email)
    is_shared = address in SHARED_ADDRESSES or address.endswith(SHARED_HOST)
    if re.fullmatch(OWN_ADDRESS, address) and not is_shared:
        return f"mail:{address}"[:KEY]
    if username:
        return f"user:{source}:{fold(username)}"[:KEY]
    return f"name:{source}:{fold(name or email)}"[:KEY] if name or email else ""


# --- the same in SQL --------------------------------------------------------------------------

_VALUES: Final[dict[str, str | list[str]]] = {
    "blanks": BLANKS,
    "own_address": f"^{OWN_ADDRESS}$",
    "shared_addresses": list(SHARED_ADDRESSES),
    "shared_host": SHARED_HOST,
    "upper": "".join(_FOLDS),
    "lower": "".join(_FOLDS.values()),
}
#: Of pg_advisory_xact_lock: giving identities to people, and moving them.
LOCK: Final = 478


def _folded(text: str) -> str:
    is_ascii = f"octet_length({text}) = length({text})"
    letters = f"translate(normalize({text}, NFC), %(upper)s, %(lower)s)"
    return f'lower(CASE WHEN {is_ascii} THEN {text} ELSE {letters} END COLLATE "C")'


def _cleaned(column: str, length: int) -> str:
    return f"left(btrim(coalesce({column}, ''), %(blanks)s), {length})"


_CLEAN: Final = f"""
UPDATE {{table}} SET identity_id = NULL, contributor_id = NULL,
    name = {_cleaned("name", NAME)}, email = {_cleaned("email", EMAIL)}, username = {_cleaned("username", USERNAME)}
"""

_KNOWN: Final = """
UPDATE {table} t SET identity_id = i.id, contributor_id = i.contributor_id FROM pathways_identity i
WHERE t.identity_id IS NULL AND i.erased_at IS NULL
    AND (i.source, i.name, i.email, i.username) = (t.source, t.name, t.email, t.username)
"""

_UNMET: Final = f"""
CREATE TEMPORARY TABLE unmet ON COMMIT DROP AS
SELECT source, name, email, username, left(CASE
        WHEN address ~ %(own_address)s AND NOT address = ANY(%(shared_addresses)s)
                AND right(address, length(%(shared_host)s)) <> %(shared_host)s
            THEN 'mail:' || address
        WHEN username <> '' THEN 'user:' || source || ':' || {_folded("username")}
        ELSE 'name:' || source || ':' || {_folded("coalesce(nullif(name, ''), email)")}
    END, {KEY}) COLLATE "default" AS join_key  -- under another collation no index of identities would serve
FROM (SELECT DISTINCT source, name, email, username, {_folded("email")} AS address FROM {{table}}
      WHERE identity_id IS NULL AND name || email || username <> '') given
"""

_STRANGERS: Final = f"""
CREATE TEMPORARY TABLE stranger ON COMMIT DROP AS
SELECT join_key, called, nextval(pg_get_serial_sequence('pathways_contributor', 'id'))::integer AS contributor_id
FROM (SELECT DISTINCT ON (join_key) join_key, left(coalesce(nullif(name, ''), nullif(username, ''),
              nullif(split_part(email, '@', 1), ''), email), {NAME}) AS called
      FROM unmet WHERE NOT EXISTS (SELECT FROM pathways_identity i WHERE i.join_key = unmet.join_key)
      ORDER BY join_key, name = '', name COLLATE "C", username COLLATE "C", email COLLATE "C") person
"""

# Where a person has split the identities of one key, the oldest tells whose a new spelling is.
_MEET: Final = """
WITH met AS (
    INSERT INTO pathways_identity (source, name, email, username, join_key, contributor_id)
    SELECT u.source, u.name, u.email, u.username, u.join_key, coalesce(s.contributor_id,
        (SELECT i.contributor_id FROM pathways_identity i WHERE i.join_key = u.join_key ORDER BY i.id LIMIT 1))
    FROM unmet u LEFT JOIN stranger s USING (join_key)
    RETURNING id, contributor_id, source, name, email, username
), given AS (
    UPDATE {table} t SET identity_id = met.id, contributor_id = met.contributor_id FROM met
    WHERE t.identity_id IS NULL
        AND (met.source, met.name, met.email, met.username) = (t.source, t.name, t.email, t.username)
)
SELECT count(*) FROM met
"""


def take_turns(cursor: CursorWrapper) -> None:
    """Wait until no other transaction gives identities to people or moves them; held until this one ends.

    Without it, two imports that meet one new person at once would each make a contributor. No unique index can
    forbid that: one key is one person only until a split makes two of it.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def try_turn(cursor: CursorWrapper) -> bool:
    """Takes the turn if nobody has it: a person is told that the others are busy, and does not wait."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
    taken: bool = cursor.fetchone()[0]
    return taken


@contextmanager
def turn() -> Iterator[None]:
    """A transaction that has the turn, for a person who does not wait: Busy while an import or a merge has it.

    It comes before any team's row, as an import takes them; the other way round the two would deadlock.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not try_turn(cursor):
            raise Busy
        yield


def resolve(cursor: CursorWrapper, *, table: str) -> int:
    """Give each row of a temporary table its identity and contributor; how many identities were new.

    `table` has the columns source, name, email, username (text), identity_id, contributor_id (integer). Names,
    addresses and accounts are left in it stripped and cut to the length of their columns; those of an erased person
    are taken out of it. A row that names nobody keeps NULL. Set-based; needs READ COMMITTED, in which what others
    committed is seen once the turn has come.

    The turn is taken before the first look, and kept until the caller's facts are committed: a merge in between
    would move the pointer, and not the acts that are about to be written with the old one.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.unmet, pg_temp.stranger")
    cursor.execute(_CLEAN.format(table=table), _VALUES)
    take_turns(cursor)
    cursor.execute(_KNOWN.format(table=table))
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE identity_id IS NULL)")
    if not cursor.fetchone()[0]:
        return 0
    cursor.execute(_UNMET.format(table=table), _VALUES)
    cursor.execute("ANALYZE unmet")
    suppression.recognise(cursor, table=table)
    cursor.execute(_STRANGERS)
    cursor.execute(
        "INSERT INTO pathways_contributor (id, name, is_bot) SELECT contributor_id, called, false FROM stranger"
    )
    cursor.execute(_MEET.format(table=table))
    met: int = cursor.fetchone()[0]
    return met
