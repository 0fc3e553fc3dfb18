"""Who did it: every name and address that comes in gets its identity, and through it a contributor.

The same e-mail, or the same account on the same source, joins at once; a name alone never joins two sources. The
rule is one SQL function, `pathways_join_key` (pathways 0003).
"""

from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

#: Held until the transaction ends by whoever adds people: two imports that meet the same newcomer make one person.
NEWCOMERS_LOCK: Final = 2_026_001

NORMALISE = """
UPDATE {table} SET name = left(btrim(name), 200), email = left(btrim(email), 254), username = left(btrim(username), 120)
"""

KNOWN = """
UPDATE {table} t SET identity_id = i.id, contributor_id = i.contributor_id
FROM pathways_identity i
WHERE (i.source, i.name, i.email, i.username) = (t.source, t.name, t.email, t.username)
"""

ADD = """
WITH fresh AS (
    SELECT DISTINCT source, name, email, username,
        left(pathways_join_key(source, name, email, username), 330) AS join_key
    FROM {table} WHERE identity_id IS NULL
), keyed AS (
    SELECT join_key, coalesce(min(NULLIF(name, '')), min(NULLIF(username, '')), split_part(min(email), '@', 1)) AS name
    FROM fresh GROUP BY join_key
), joined AS (
    -- Of identities that a person has split apart, the first keeps the key.
    SELECT DISTINCT ON (i.join_key) i.join_key, i.contributor_id
    FROM pathways_identity i JOIN keyed USING (join_key) ORDER BY i.join_key, i.id
), numbered AS MATERIALIZED (
    SELECT join_key, name, nextval(pg_get_serial_sequence('pathways_contributor', 'id'))::int AS contributor_id
    FROM (SELECT * FROM keyed WHERE join_key NOT IN (SELECT join_key FROM joined) ORDER BY join_key) new
), person AS (
    INSERT INTO pathways_contributor (id, name, is_bot) SELECT contributor_id, name, false FROM numbered
), home AS (
    SELECT join_key, contributor_id FROM joined UNION ALL SELECT join_key, contributor_id FROM numbered
)
INSERT INTO pathways_identity (source, name, email, username, join_key, contributor_id)
SELECT f.source, f.name, f.email, f.username, f.join_key, h.contributor_id
FROM fresh f JOIN home h USING (join_key) ORDER BY f.source, f.name, f.email, f.username
"""


def resolve(cursor: CursorWrapper, *, table: str) -> int:
    """Fill `identity_id` and `contributor_id` of a staging table, adding whom nobody has met; how many identities.

    The table has the text columns source, name, email and username, never NULL and never all three empty. Names are
    trimmed to what an identity holds. Set-based: the cost is that of the distinct people, not of their acts. Call it
    in a transaction: a second caller that also has newcomers waits until the first has committed.
    """
    cursor.execute(NORMALISE.format(table=table))
    cursor.execute(KNOWN.format(table=table))
    if not _has_unknown(cursor, table):
        return 0
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NEWCOMERS_LOCK])
    cursor.execute(KNOWN.format(table=table))  # whom the one before us has added meanwhile
    cursor.execute(ADD.format(table=table))
    added = cursor.rowcount
    cursor.execute(KNOWN.format(table=table))
    return added


def _has_unknown(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE identity_id IS NULL)")
    (unknown,) = cursor.fetchone()
    return bool(unknown)


def join_key(*, source: str, name: str = "", email: str = "", username: str = "") -> str:
    """The key by which these words join others, as the database computes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pathways_join_key(%s, %s, %s, %s)", [source, name, email, username])
        key: str = cursor.fetchone()[0]
    return key
