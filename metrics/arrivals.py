"""From staged rows to contributions: what of them is new, whose it is, and one insert of exactly that.

What stands already is told first, by one join, so that a file which came before costs no look at its people and no
write. It is told under the turn that imports take (pathways/turns.py), so that nothing can come in between the look
and the insert, and the insert need not ask row by row. Whoever writes past the turn is stopped by the primary key: the
import fails as a whole, and finds those rows when it is tried again.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.db.backends.utils import CursorWrapper

from lifecycle import jobs
from metrics import planner, quarantine
from metrics.models import Contribution, Source
from pathways.identities import resolve
from pathways.models import Contributor, Identity
from pathways.turns import take_turns

#: `stood_at` is the time under which the contribution stands already; empty for one that is new. The subquery, which
#: OFFSET 0 keeps whole, is there for a digest to be made once a row; kinds are joined from the left, although all are
#: known, for the planner then knows that no row is lost.
ARRIVING = """
CREATE TEMPORARY TABLE arriving ON COMMIT DROP AS
SELECT i.line, i.key, i.occurred_at, i.realm, i.name, i.email, i.username, i.is_bot,
       k.id AS kind_id, k.state = 'unknown' AS is_unknown,
       CASE WHEN i.day < %(starts_on)s THEN 2 WHEN i.day > %(latest)s THEN 3 ELSE 0 END AS state,
       c.occurred_at AS stood_at
  FROM (SELECT *, timezone('UTC', occurred_at)::date AS day,
               substring(sha256(convert_to(kind || ' ' || external_id, 'UTF8')) FROM 1 FOR 11) AS key
          FROM incoming OFFSET 0) i
  LEFT JOIN pathways_kind k ON k.key = i.kind
  LEFT JOIN metrics_contribution c ON c.team_id = %(team)s AND c.key = i.key
"""

#: Of one contribution told more than once in a file, the first stands.
FIRST_STANDS = """
UPDATE arriving SET stood_at = told.stood_at
  FROM (SELECT ctid, first_value(occurred_at) OVER same AS stood_at, row_number() OVER same AS number
          FROM arriving WHERE stood_at IS NULL WINDOW same AS (PARTITION BY key ORDER BY line, ctid)) told
 WHERE arriving.ctid = told.ctid AND number > 1
"""

NEW = """
SELECT count(DISTINCT key), count(*), count(*) FILTER (WHERE state > 1), count(*) FILTER (WHERE is_unknown)
  FROM arriving WHERE stood_at IS NULL
"""

LAST_DAY = "SELECT timezone('UTC', max(occurred_at))::date FROM arriving WHERE state < 2"

PEOPLE = """
CREATE TEMPORARY TABLE arriving_person ON COMMIT DROP AS
SELECT realm AS given_realm, name AS given_name, email AS given_email, username AS given_username,
       CASE WHEN realm = '' OR username = '' THEN %s ELSE realm END AS source, name, email, username,
       bool_or(is_bot) AS is_bot, NULL::integer AS identity_id, NULL::integer AS contributor_id
  FROM arriving WHERE stood_at IS NULL GROUP BY realm, name, email, username
"""

#: Most people are called nothing by anybody; of the others, each act is asked about, for the dates decide.
TOLD_OF = """
ALTER TABLE arriving_person ADD is_told boolean;
UPDATE arriving_person p
   SET is_told = EXISTS (SELECT FROM pathways_affiliation a WHERE a.contributor_id = p.contributor_id)
              OR metrics_domain(email) IN (SELECT domain FROM pathways_affiliationrule)
"""

#: In the order of the track, the index that every reader walks: its pages are filled one after the other.
INSERT = """
INSERT INTO metrics_contribution
    (occurred_at, team_id, pathway_id, contributor_id, identity_id, import_id, kind_id, state, key)
SELECT a.occurred_at, %(team)s, %(pathway)s, p.contributor_id, p.identity_id, %(import)s, a.kind_id,
       CASE WHEN a.state = 0 AND p.is_told
            THEN metrics_is_staff(p.contributor_id, p.email, timezone('UTC', a.occurred_at)::date)::int
            ELSE a.state END, a.key
  FROM arriving a
  JOIN arriving_person p ON (p.given_realm, p.given_name, p.given_email, p.given_username)
                          = (a.realm, a.name, a.email, a.username)
 WHERE a.stood_at IS NULL
 ORDER BY p.contributor_id, a.occurred_at
"""

DIFFERS = "SELECT line FROM arriving WHERE stood_at <> occurred_at ORDER BY line LIMIT %s"


OUTCOMES = """
SELECT line, CASE WHEN stood_at IS NOT NULL THEN 'known' WHEN state > 1 THEN 'quarantined'
                  WHEN is_unknown THEN 'unknown_kind' ELSE 'created' END, coalesce(stood_at <> occurred_at, false)
  FROM arriving ORDER BY line
"""


class Became(StrEnum):
    """What one row has become: of what is new, only what is *created* counts."""

    CREATED = "created"
    KNOWN = "known"
    QUARANTINED = "quarantined"
    UNKNOWN_KIND = "unknown_kind"


class Outcome(NamedTuple):
    """What became of the row of a line; `differs`: it stands already, under another time."""

    line: int
    became: Became
    differs: bool


class Arrived(NamedTuple):
    """How many contributions are new, how many of them do not count, and the last day that counts of all that came."""

    new: int
    quarantined: int
    unknown_kind: int
    last_day: date | None


def arrive(cursor: CursorWrapper, source: Source, *, import_id: int) -> Arrived:
    """Add the rows of the temporary table `incoming` to the source's pathway, each once in its team."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.arriving, pg_temp.arriving_person")
    # Before anything shared is touched; the key share of other rows is not in its way.
    cursor.execute("SELECT id FROM pathways_pathway WHERE id = %s FOR NO KEY UPDATE", [source.pathway_id])
    take_turns(cursor)
    values: dict[str, int | date] = {
        "team": source.team_id,
        "pathway": source.pathway_id,
        "import": import_id,
        "starts_on": quarantine.first_day(source),
        "latest": quarantine.last_day(source),
    }
    cursor.execute(ARRIVING, values)
    new, quarantined, unknown_kind = _new(cursor)
    if new:
        cursor.execute("ANALYZE arriving")
        cursor.execute(PEOPLE, [source.identity_source])
        met = resolve(cursor, table="arriving_person")
        cursor.execute(TOLD_OF)
        cursor.execute("ANALYZE arriving_person")
        cursor.execute(INSERT, values)
        planner.look_again(Contribution, Contributor, Identity)
        if met:
            jobs.ask("likeness", str(source.team_id))
    cursor.execute(LAST_DAY)
    return Arrived(new, quarantined, unknown_kind, cursor.fetchone()[0])


def _new(cursor: CursorWrapper) -> tuple[int, int, int]:
    """How many are new, and of these quarantined and of an unknown kind. Each is new in one row when this is told."""
    cursor.execute(NEW)
    contributions, rows, quarantined, unknown_kind = cursor.fetchone()
    if contributions < rows:
        cursor.execute(FIRST_STANDS)
        return _new(cursor)
    return contributions, quarantined, unknown_kind


def differing(cursor: CursorWrapper, limit: int) -> list[int]:
    """Lines of what stands already under another time: the first so many, after `arrive`."""
    cursor.execute(DIFFERS, [limit])
    return [line for (line,) in cursor.fetchall()]


def outcomes(cursor: CursorWrapper) -> Iterator[Outcome]:
    """What became of each row, by its line, after `arrive` in this transaction."""
    cursor.execute(OUTCOMES)
    return (Outcome(line, Became(became), differs) for line, became, differs in cursor.fetchall())
