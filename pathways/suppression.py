"""What is left of an erased person's join key: enough to recognise it when it comes again, and not to read it.

An HMAC-SHA-256 of the key, under a key of its own. Not SECRET_KEY, which is changed when it may be known to others
and with every change would bring everybody back. Not kept in the database either: whoever holds only a copy of it
cannot try out addresses. So ERASURE_KEY is set once, backed up apart from the database, and never changed. The first
letters of what is kept name the key, so that an import under another one fails instead of bringing people back.

`kept_of` is the rule in Python, `RECOGNISE` the same rule in SQL; a test holds them together.
"""

import hashlib
import hmac
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.utils import CursorWrapper

PREFIX: Final = "erased:"
BLOCK: Final = 64  # bytes, of SHA-256: what HMAC fills a key up to


def _key() -> bytes:
    return hashlib.sha256(str(settings.ERASURE_KEY).encode()).digest()


def _named() -> str:
    """How what is kept begins: with the name of the key that made it, which tells nothing of the key."""
    return PREFIX + hashlib.sha256(b"name of " + _key()).hexdigest()[:8] + ":"


def kept_of(join_key: str) -> str:
    """What an erased identity keeps as its join key."""
    return _named() + hmac.new(_key(), join_key.encode(), hashlib.sha256).hexdigest()


# PostgreSQL has SHA-256 and, without an extension, no HMAC; with the key's two pads ready, that is two hashes.
_KEPT: Final = (
    """%(named)s || encode(sha256(%(outer)s || sha256(%(inner)s || convert_to(u.join_key, 'UTF8'))), 'hex')"""
)

#: Of an erased person, what a row says is not carried on: only the domain that a rule for staff may name.
RECOGNISE: Final = f"""
WITH known AS (
    SELECT DISTINCT ON (u.source, u.name, u.email, u.username) u.source, u.name, u.email, u.username,
           i.id, i.contributor_id, i.email AS kept
      FROM unmet u JOIN pathways_identity i ON i.join_key = {_KEPT} AND i.erased_at IS NOT NULL
     ORDER BY u.source, u.name, u.email, u.username, i.id
), gone AS (
    DELETE FROM unmet u USING known
     WHERE (u.source, u.name, u.email, u.username) = (known.source, known.name, known.email, known.username)
)
UPDATE {{table}} t SET identity_id = known.id, contributor_id = known.contributor_id,
       name = '', email = known.kept, username = ''
  FROM known
 WHERE t.identity_id IS NULL
   AND (t.source, t.name, t.email, t.username) = (known.source, known.name, known.email, known.username)
"""

_OF_ANOTHER_KEY: Final = """
SELECT count(*), count(*) FILTER (WHERE NOT starts_with(join_key, %s))
  FROM pathways_identity WHERE erased_at IS NOT NULL
"""


def recognise(cursor: CursorWrapper, *, table: str) -> None:
    """Give the rows of `table` that name an erased person to that person, and take them out of `unmet`.

    Raises ImproperlyConfigured if somebody was erased under another ERASURE_KEY than the one that is set.
    """
    cursor.execute(_OF_ANOTHER_KEY, [_named()])
    erased, of_another_key = cursor.fetchone()
    if of_another_key:
        raise ImproperlyConfigured("ERASURE_KEY is not the key under which people were erased: they would come back.")
    if erased:
        key = _key().ljust(BLOCK, b"\0")
        pads = {name: bytes(byte ^ pad for byte in key) for name, pad in (("inner", 0x36), ("outer", 0x5C))}
        cursor.execute(RECOGNISE.format(table=table), {"named": _named(), **pads})
