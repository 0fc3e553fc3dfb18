"""Who becomes one person by what came in: the connected components over shared keys, of strangers and of people known.

A key is held by the person of its oldest identity: after a split, that tells whose a new spelling is. A row that
tells an address and an account ties the two keys together; where that ties people who are both known, they are
joined as a merge joins them, by nobody, and taken back as a merge is. A person's word beats it: people who were split
or told apart are not tied together again, nor is a bot to a person; rows between them go to whoever holds their
first key.
"""

from typing import Final

from django.db.backends.utils import CursorWrapper

from pathways import merging
from pathways.keys import NAME

#: Vertices are people by their id, and keys that nobody holds by numbers from here on: so the least is the oldest.
UNHELD: Final = 2**40

_NODES: Final = f"""
CREATE TEMPORARY TABLE node ON COMMIT DROP AS
SELECT key, coalesce(holder, {UNHELD} + row_number() OVER ()) AS vertex FROM (
    SELECT key, (SELECT contributor_id FROM (
              (SELECT id, contributor_id FROM pathways_identity i WHERE i.join_key = key ORDER BY id LIMIT 1)
              UNION ALL
              (SELECT id, contributor_id FROM pathways_identity i WHERE i.account_key = key ORDER BY id LIMIT 1)
           ) AS held ORDER BY id LIMIT 1) AS holder
      FROM (SELECT join_key AS key FROM unmet UNION SELECT account_key FROM unmet WHERE account_key IS NOT NULL) AS one
) AS each
"""

_TIED: Final = """
SELECT DISTINCT least(a.vertex, b.vertex) AS low, greatest(a.vertex, b.vertex) AS high
  FROM unmet u JOIN node a ON a.key = u.join_key JOIN node b ON b.key = u.account_key WHERE a.vertex <> b.vertex
"""

_TIED_BEFORE: Final = """
SELECT DISTINCT oldest::bigint AS low, contributor_id::bigint AS high FROM (
    SELECT contributor_id, min(contributor_id) OVER (PARTITION BY key) AS oldest FROM (
        SELECT join_key AS key, contributor_id FROM pathways_identity WHERE erased_at IS NULL
        UNION SELECT account_key, contributor_id FROM pathways_identity
               WHERE account_key IS NOT NULL AND erased_at IS NULL
    ) AS held
) AS one WHERE oldest <> contributor_id
"""

_LABELS: Final = """
INSERT INTO label SELECT vertex, vertex FROM (SELECT low AS vertex FROM edge UNION SELECT high FROM edge) AS one
"""

# Each vertex takes the least label next to it, then the label of its label: a chain is through in few rounds.
_SPREAD: Final = """
WITH heard AS (
    SELECT vertex, min(label) AS label FROM (
        SELECT e.low AS vertex, l.label FROM edge e JOIN label l ON l.vertex = e.high
        UNION ALL SELECT e.high, l.label FROM edge e JOIN label l ON l.vertex = e.low
    ) AS told GROUP BY vertex
)
UPDATE label SET label = heard.label FROM heard WHERE heard.vertex = label.vertex AND heard.label < label.label
"""
_JUMP: Final = """
UPDATE label SET label = far.label FROM label far WHERE far.vertex = label.label AND far.label < label.label
"""

# A component with one word of a person against it is not joined at all: who else in it belongs together, nobody knows.
_APART: Final = """
UPDATE label SET label = vertex WHERE label IN (
    SELECT one.label FROM pathways_likeness l
      JOIN label one ON one.vertex = l.one_id JOIN label other ON other.vertex = l.other_id
     WHERE l.state = 'rejected' AND one.label = other.label
    UNION
    SELECT l.label FROM label l JOIN pathways_contributor c ON c.id = l.vertex
     GROUP BY l.label HAVING count(DISTINCT c.is_bot) > 1
)
"""

_PLACED: Final = f"""
CREATE TEMPORARY TABLE placed ON COMMIT DROP AS
SELECT u.*, coalesce(l.label, own.vertex) AS vertex
  FROM unmet u JOIN node a ON a.key = u.join_key LEFT JOIN node b ON b.key = u.account_key
 CROSS JOIN LATERAL (SELECT CASE WHEN a.vertex >= {UNHELD} AND b.vertex < {UNHELD} THEN b.vertex
                                 ELSE a.vertex END AS vertex) AS own
  LEFT JOIN label l ON l.vertex = own.vertex
"""

_STRANGERS: Final = f"""
CREATE TEMPORARY TABLE stranger ON COMMIT DROP AS
SELECT vertex, called, is_bot, nextval(pg_get_serial_sequence('pathways_contributor', 'id'))::integer AS contributor_id
  FROM (SELECT DISTINCT ON (vertex) vertex, bool_or(is_bot) OVER (PARTITION BY vertex) AS is_bot,
               left(coalesce(nullif(name, ''), nullif(username, ''), nullif(split_part(email, '@', 1), ''), email),
                    {NAME}) AS called
          FROM placed WHERE vertex >= {UNHELD}
         ORDER BY vertex, name = '', name COLLATE "C", username COLLATE "C", email COLLATE "C") AS person
"""

_MADE: Final = """
INSERT INTO pathways_contributor (id, name, is_bot) SELECT contributor_id, called, is_bot FROM stranger
"""


def place(cursor: CursorWrapper) -> bool:
    """Tell whose each row of `unmet` is: it is in `placed` with the `vertex` that is a contributor, or a `stranger`.

    True if people who were known have been joined on the way.
    """
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.node, pg_temp.stranger, pg_temp.placed; {_NODES}")
    has_joined = _join(cursor, _TIED)
    cursor.execute(f"{_PLACED}; {_STRANGERS}; {_MADE}")
    return has_joined


def join_known(cursor: CursorWrapper) -> None:
    """Join all who are known under one key, as a row that tells it would: after the rule of the keys has changed.

    The caller has the turn (`pathways/turns.py`).
    """
    _join(cursor, _TIED_BEFORE)


def _join(cursor: CursorWrapper, ties: str) -> bool:
    """Spread `label` over the edges that `ties` selects, and merge the people of each component into the oldest."""
    cursor.execute(
        "DROP TABLE IF EXISTS pg_temp.edge, pg_temp.label;"
        "CREATE TEMPORARY TABLE label (vertex bigint, label bigint) ON COMMIT DROP;"
        f"CREATE TEMPORARY TABLE edge ON COMMIT DROP AS {ties}"
    )
    cursor.execute("SELECT EXISTS (SELECT FROM edge)")
    if not cursor.fetchone()[0]:
        return False
    cursor.execute(f"{_LABELS}; ANALYZE edge, label")
    changed = True
    while changed:
        cursor.execute(_SPREAD)
        changed = cursor.rowcount > 0
        cursor.execute(_JUMP)
    cursor.execute(_APART)
    cursor.execute(f"SELECT label, vertex FROM label WHERE label <> vertex AND vertex < {UNHELD} ORDER BY vertex")
    pairs = cursor.fetchall()
    merging.join(pairs)
    return bool(pairs)
