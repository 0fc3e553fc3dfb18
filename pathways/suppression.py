"""What is left of an erased person's join key: enough to recognise it when it comes again, and not to read it.

An HMAC-SHA-256 of the key, under a key of its own. Not SECRET_KEY, which is changed when it may be known to others
and with every change would bring everybody back. Not kept in the database either: whoever holds only a copy of it
cannot try out addresses. So ERASURE_KEY is set once, backed up apart from the database, and never changed. The first
letters of what is kept name the key, so that an import under another one fails instead of bringing people back.

A key that the rule made differently when somebody was erased is tried in its former form too. What came with a number
that nobody tells any more cannot be tried: `123+ann` of noreply addresses is known again by that address, and then
under every other.

`kept_of` is the rule in Python, `TRIED` the same rule in SQL; a test holds them together.
"""

import hashlib
import hmac
from collections.abc import Collection
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from pathways.keys import VALUES, folded
from pathways.models import Identity

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
_KEPT: Final = """%(named)s || encode(sha256(%(outer)s || sha256(%(inner)s || convert_to(key, 'UTF8'))), 'hex')"""

# The keys of a row, and those that the rule made before (`is_former`): noreply addresses of GitHub were addresses.
TRIED: Final = f"""
CREATE TEMPORARY TABLE tried ON COMMIT DROP AS
SELECT u.source, u.name, u.email, u.username, key, is_former, {_KEPT} AS kept
  FROM {{given}} u
 CROSS JOIN LATERAL (
    SELECT u.join_key AS key, false AS is_former
    UNION SELECT u.account_key, false
    UNION SELECT 'mail:' || substr(one, 13) || '@users.noreply.github.com', true
            FROM unnest(ARRAY[u.join_key, u.account_key]) AS one WHERE one LIKE 'user:github:%%'
    UNION SELECT 'mail:' || {folded("u.email")}, true WHERE u.join_key LIKE 'user:github:%%' AND u.email LIKE '%%@%%'
 ) AS each
 WHERE key IS NOT NULL
"""

_ERASED: Final = """
  FROM (SELECT id, contributor_id, email, join_key AS kept FROM pathways_identity WHERE erased_at IS NOT NULL
        UNION ALL
        SELECT id, contributor_id, email, account_key FROM pathways_identity
         WHERE erased_at IS NOT NULL AND account_key IS NOT NULL) AS i
  JOIN tried t USING (kept)
"""

_RECOGNISED: Final = f"""
CREATE TEMPORARY TABLE recognised ON COMMIT DROP AS
SELECT DISTINCT ON (t.source, t.name, t.email, t.username) t.source, t.name, t.email, t.username,
       i.id, i.contributor_id, i.email AS domain
{_ERASED}
 ORDER BY t.source, t.name, t.email, t.username, i.id
"""

# What else a row tells of somebody erased joins them as before: their other keys are kept in the same way.
_LEARNT: Final = """
INSERT INTO pathways_identity (contributor_id, source, name, email, username, join_key, erased_at)
SELECT DISTINCT ON (t.kept) r.contributor_id, t.source, '', '', '', t.kept, now()
  FROM recognised r JOIN tried t USING (source, name, email, username)
 WHERE NOT t.is_former
   AND NOT EXISTS (SELECT FROM pathways_identity i WHERE i.join_key IN (t.kept, t.key))
   AND NOT EXISTS (SELECT FROM pathways_identity i WHERE i.account_key IN (t.kept, t.key))
 ORDER BY t.kept, r.id
"""

#: Of an erased person, what a row says is not carried on: only the domain that a rule for staff may name.
_GIVEN: Final = """
WITH gone AS (
    DELETE FROM unmet u USING recognised r
     WHERE (u.source, u.name, u.email, u.username) = (r.source, r.name, r.email, r.username)
)
UPDATE {table} t SET identity_id = r.id, contributor_id = r.contributor_id, name = '', email = r.domain, username = ''
  FROM recognised r
 WHERE t.identity_id IS NULL AND (t.source, t.name, t.email, t.username) = (r.source, r.name, r.email, r.username)
"""

_OF_ANOTHER_KEY: Final = """
SELECT count(*), count(*) FILTER (WHERE NOT starts_with(join_key, %s))
  FROM pathways_identity WHERE erased_at IS NOT NULL
"""


def recognise(cursor: CursorWrapper, *, table: str) -> None:
    """Give the rows of `table` that name an erased person to that person, and take them out of `unmet`.

    Raises ImproperlyConfigured if somebody was erased under another ERASURE_KEY than the one that is set.
    """
    if not _try(cursor, given="unmet"):
        return
    has_learnt = True
    while has_learnt:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.recognised")
        cursor.execute(_RECOGNISED)
        cursor.execute(_LEARNT)
        has_learnt = cursor.rowcount > 0
    cursor.execute(_GIVEN.format(table=table))


def is_needed() -> bool:
    """Whether anybody was ever erased."""
    return Identity.objects.filter(erased_at__isnull=False).exists()


def leave_erased(cursor: CursorWrapper, *, given: str) -> None:
    """Of a table that `KEYED` has made, only the rows that name an erased person are left."""
    if not _try(cursor, given=given):
        cursor.execute(f"DELETE FROM {given}")
        return
    erased = f"SELECT t.source, t.name, t.email, t.username {_ERASED}"
    cursor.execute(f"DELETE FROM {given} WHERE (source, name, email, username) NOT IN ({erased})")


def erased_among(keys: Collection[str]) -> set[str]:
    """Which of some join keys are those of erased people."""
    kept = {kept_of(key): key for key in keys}
    erased = Identity.objects.filter(erased_at__isnull=False)
    found = erased.filter(Q(join_key__in=kept) | Q(account_key__in=kept)).values_list("join_key", "account_key")
    return {kept[one] for pair in found for one in pair if one in kept}


def _try(cursor: CursorWrapper, *, given: str) -> bool:
    """Hash the keys of a table into `tried`; False if nobody was ever erased."""
    cursor.execute(_OF_ANOTHER_KEY, [_named()])
    erased, of_another_key = cursor.fetchone()
    if of_another_key:
        raise ImproperlyConfigured("ERASURE_KEY is not the key under which people were erased: they would come back.")
    if not erased:
        return False
    key = _key().ljust(BLOCK, b"\0")
    pads = {name: bytes(byte ^ pad for byte in key) for name, pad in (("inner", 0x36), ("outer", 0x5C))}
    cursor.execute("DROP TABLE IF EXISTS pg_temp.tried")
    cursor.execute(TRIED.format(given=given), {**VALUES, "named": _named(), **pads})
    cursor.execute("ANALYZE tried")
    return True
