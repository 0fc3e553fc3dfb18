"""From contributions to spans: the engine. One statement for a few people, some teams, or everything.

One formula (2-architecture, 2.3). Take the counted acts of one contributor in one pathway in order. For a rule
(n, d, m, w) and a day D with an act, let `a` be the day of the n-th most recent act up to and including D, `b` the
d-th most recent distinct day, `c` the last act's day in the m-th most recent distinct month, and
u = min(a, b, c) + w. If u > D, the level is held on [D, u). The union of these ranges over all days with acts are
the spans: the first start is the conversion, an end is a lapse.

As it is computed: a, b and c never go back, so a day is held exactly if the last act up to it holds it, and the spans
of (n, d, m, w) are those of (n, w), of (d, w) and of (m, w) intersected. Each of the three is one walk along an
ordered array, for the places where u is reached before the next act: a run ends there, and the next begins with that
act. Nothing else is remembered on the way, so a million acts take less than a second (docs/benchmarks.md).

The unit of work is a person in a team, with all of the team's pathways: whether the populations see one history or
three is told from all of the acts, and the union over the pathways needs them all.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from metrics.acts import COUNTS, PATHWAYS, WITHHELD

ALWAYS = "'{(,)}'::datemultirange"


def _held(unless: str, count: str, size: str, *, since: str, until: str, after: str, whole: str) -> str:
    """SQL: when at least `count` of something were no older than w days, over an ordered array of `size` of them.

    `since`, `until` and `after` are the days on which the i-th thing begins, the (i - count + 1)-th is last seen, and
    the (i + 1)-th begins, as SQL over `i`, and over `previous`, the end of the run before. `whole` is the only run
    there can be when the first and the last act are less than w days apart, as most people's are. `unless` is when
    the count asks nothing that another does not.
    """
    return f"""CASE WHEN {unless} THEN {ALWAYS} WHEN days[size] - days[1] < w THEN datemultirange({whole}) ELSE (
        SELECT range_agg(daterange({since}, {until} + w))
          FROM (SELECT i, lag(i, 1, {count} - 1) OVER () AS previous
                  FROM (SELECT generate_series({count}, {size}) AS i) AS walk
                 WHERE i = {size} OR {until} + w < {after}) AS run
         WHERE {until} + w > {since}
    ) END"""


#: n acts, d days, m months; `closes` are the positions in `dates` of each month's last.
ACTS = _held(
    "n <= d",
    "n",
    "size",
    since="days[previous + 1]",
    until="days[i - n + 1]",
    after="days[i + 1]",
    whole="daterange(days[n], days[size - n + 1] + w)",
)
DAYS = _held(
    "d = 1 AND n > 1",
    "d",
    "cardinality(dates)",
    since="dates[previous + 1]",
    until="dates[i - d + 1]",
    after="dates[i + 1]",
    whole="daterange(dates[d], dates[cardinality(dates) - d + 1] + w)",
)
MONTHS = _held(
    "m = 1",
    "m",
    "cardinality(closes)",
    since="dates[COALESCE(closes[previous], 0) + 1]",
    until="dates[closes[i - m + 1]]",
    after="dates[closes[i] + 1]",
    whole="daterange(dates[closes[m - 1] + 1], dates[closes[cardinality(closes) - m + 1]] + w)",
)

#: Rows of `metrics_span`, derived. Whatever is per person hangs laterally on the walk along the track index: however
#: wrong a planner's guess of their number is, there is one order to do it in, and no array is copied. OFFSET 0 keeps
#: an array, or a range, from being computed once per use. A walk along a generated series is read as it is made.
DERIVE = f"""
WITH {PATHWAYS}, role AS (
    SELECT team_id, contributor_id, role, range_agg(daterange(from_on, until_on)) AS held
      FROM pathways_communityrole
     WHERE confirmed_by_id IS NOT NULL AND (%(teams)s::int[] IS NULL OR team_id = ANY(%(teams)s::int[]))
     GROUP BY team_id, contributor_id, role
), way AS (
    SELECT pathway.team_id, pathway.id AS pathway_id, {WITHHELD}, ARRAY(
               SELECT point FROM pathways_conversionpoint point WHERE point.pathway_id = pathway.id
               UNION ALL  -- the contributor, held for ever from the first counted act
               SELECT jsonb_populate_record(NULL::pathways_conversionpoint,
                          '{{"level": 0, "n": 1, "d": 1, "m": 1, "w": null, "kinds": [], "roles": []}}')
           ) AS points
      FROM pathway
    OFFSET 0
), track AS (
    SELECT way.*, acts.*, side < other_side AS is_both,
           contributor_id IN (
               SELECT id FROM pathways_contributor
                WHERE is_bot AND (%(contributors)s::int[] IS NULL OR id = ANY(%(contributors)s::int[]))) AS is_bot
      FROM way
     CROSS JOIN LATERAL (
        SELECT c.contributor_id, array_agg(c.day ORDER BY c.day) AS days,
               array_agg(DISTINCT c.day ORDER BY c.day) AS dates, min(c.state) AS side, max(c.state) AS other_side
          FROM metrics_contribution c
         WHERE c.team_id = way.team_id AND c.pathway_id = way.pathway_id AND {COUNTS}
           AND (%(contributors)s::int[] IS NULL OR c.contributor_id = ANY(%(contributors)s::int[]))
         GROUP BY c.contributor_id
        OFFSET 0
     ) AS acts
    OFFSET 0
), seen AS (  -- who sees which history, in the bits of metrics/populations.py: one row for all who see the same
    SELECT *, unnest(CASE WHEN is_bot THEN ARRAY[8] WHEN is_both THEN ARRAY[1, 2, 4 + 8]
                          WHEN side = 1 THEN ARRAY[2 + 4 + 8] ELSE ARRAY[1 + 4 + 8] END) AS population
      FROM track
), ruled AS (
    SELECT *, unnest(points) AS point FROM seen
), history AS (
    SELECT team_id, pathway_id, contributor_id, side, other_side, population, (point).level, (point).n, (point).d,
           (point).m, (point).w::int, (point).roles, is_whole, dates,
           CASE WHEN is_whole THEN days ELSE ARRAY(
               SELECT c.day FROM metrics_contribution c
                WHERE (c.team_id, c.pathway_id, c.contributor_id)
                      = (asked.team_id, asked.pathway_id, asked.contributor_id)
                  AND {COUNTS}
                  AND CASE population WHEN 1 THEN c.state = 0 WHEN 2 THEN c.state = 1 ELSE true END
                  AND ((point).kinds = '{{}}' OR c.kind_id IN (
                       SELECT name.id FROM kind name JOIN kind chosen USING (counts_as)
                        WHERE chosen.id = ANY((point).kinds)))
                ORDER BY c.day
           ) END AS days
      FROM (SELECT *, (point).kinds = '{{}}' AND (is_bot OR NOT is_both OR population > 2) AS is_whole
              FROM ruled WHERE (point).n <= cardinality(days) AND (point).d <= cardinality(dates) OFFSET 0) AS asked
     WHERE CASE WHEN (point).roles = '{{}}' THEN true
                ELSE (team_id, contributor_id) IN (SELECT team_id, contributor_id FROM role) END
    OFFSET 0
), dated AS (
    SELECT *, cardinality(days) AS size
      FROM (SELECT team_id, pathway_id, contributor_id, side, other_side, population, level, n, d, m, w, roles, days,
                   CASE WHEN is_whole THEN dates
                        ELSE ARRAY(SELECT DISTINCT day FROM unnest(days) AS day ORDER BY day) END AS dates
              FROM history WHERE n <= cardinality(days) OFFSET 0) AS one
     WHERE d <= cardinality(dates)
    OFFSET 0
), calendar AS (
    SELECT *, CASE WHEN m > 1 THEN ARRAY(
               SELECT DISTINCT width_bucket(first::date - 1, dates)
                 FROM generate_series(date_trunc('month', dates[1]::timestamp) + interval '1 month',
                                      dates[cardinality(dates)]::timestamp, interval '1 month') AS first
                ORDER BY 1
           ) || cardinality(dates) END AS closes
      FROM dated
    OFFSET 0
), ranges AS (
    SELECT team_id, pathway_id, contributor_id, side, other_side, population, level, roles,
           CASE WHEN w IS NULL THEN datemultirange(daterange(days[1], NULL))
                ELSE {ACTS} * {DAYS} * {MONTHS} END AS held
      FROM calendar WHERE m = 1 OR m <= cardinality(closes)
    OFFSET 0
), reached AS (
    SELECT team_id, pathway_id, contributor_id, level, population,
           min(side) OVER person = 0 AND max(other_side) OVER person = 1 AS is_mixed,
           CASE WHEN roles = '{{}}' THEN held ELSE held * (
               SELECT range_agg(role.held) FROM role
                WHERE role.team_id = ranges.team_id AND role.contributor_id = ranges.contributor_id
                  AND role.role = ANY(ranges.roles)
           ) END AS held
      FROM ranges
    WINDOW person AS (PARTITION BY team_id, contributor_id)
), whole AS (
    SELECT team_id, CASE WHEN grouping(pathway_id) = 1 THEN 0 ELSE pathway_id END AS pathway_id, contributor_id, level,
           population, range_agg(held) AS held
      FROM (SELECT team_id, pathway_id, contributor_id, level, held,
                   -- a person with acts of both sides is seen by each population differently, in all pathways alike
                   unnest(CASE WHEN NOT is_mixed OR population NOT IN (1 + 4 + 8, 2 + 4 + 8) THEN ARRAY[population]
                               ELSE ARRAY[population & 3, 4 + 8] END) AS population
              FROM reached) AS one
     WHERE held IS NOT NULL
     GROUP BY GROUPING SETS ((team_id, contributor_id, level, population, pathway_id),
                             (team_id, contributor_id, level, population))
)
SELECT team_id, pathway_id, contributor_id, level, population,
       lower(run) AS from_on, COALESCE(upper(run), '9999-12-31') AS until_on, lower(run) = first AS is_first
  FROM (SELECT team_id, pathway_id, contributor_id, level, population, lower(held) AS first, unnest(held) AS run
          FROM whole) AS run
"""

# Of a pathway that is touched as a whole: everybody who has acts or spans in it.
DRAIN = """
WITH drained AS (
    DELETE FROM metrics_touched WHERE team_id = ANY(%(teams)s) RETURNING team_id, pathway_id, contributor_id
), whole AS (
    SELECT team_id, pathway_id FROM drained WHERE contributor_id = 0
)
SELECT ARRAY(
    SELECT contributor_id FROM drained WHERE contributor_id <> 0
    UNION
    SELECT c.contributor_id FROM whole JOIN metrics_contribution c USING (team_id, pathway_id)
    UNION
    SELECT s.contributor_id FROM whole JOIN metrics_span s USING (team_id, pathway_id)
    ORDER BY 1
), ARRAY(SELECT DISTINCT team_id FROM whole ORDER BY 1), ARRAY(SELECT DISTINCT pathway_id FROM drained)
"""

COLUMNS = "team_id, pathway_id, contributor_id, level, population, from_on, until_on, is_first"
KEY = "team_id, pathway_id, contributor_id, level, population, from_on"

# A full join, which is one pass over both sides however many rows a planner takes them for. What is derived anew and
# stands there already, as most does, is neither written nor locked; a row that changes is found by where it lies, which
# nobody can move: whoever writes spans holds the team's row lock. Whose spans are settled is asked by the names of the
# pathways too, so that the key's index finds one person.
SETTLE = f"""
WITH unlike AS MATERIALIZED (
    SELECT {KEY}, new.until_on, new.is_first, old.place
      FROM (
        SELECT *, ctid AS place FROM metrics_span
         WHERE team_id = ANY(%(teams)s) AND (%(contributors)s::int[] IS NULL OR (
               contributor_id = ANY(%(contributors)s::int[])
               AND pathway_id IN (SELECT 0 UNION ALL SELECT id FROM pathways_pathway WHERE team_id = ANY(%(teams)s))))
      ) AS old FULL JOIN span_derived AS new USING ({KEY})
     WHERE (old.until_on, old.is_first) IS DISTINCT FROM (new.until_on, new.is_first)
), gone AS (
    DELETE FROM metrics_span WHERE ctid = ANY(ARRAY(SELECT place FROM unlike WHERE until_on IS NULL))
), moved AS (
    UPDATE metrics_span old SET until_on = unlike.until_on, is_first = unlike.is_first FROM unlike
     WHERE old.ctid = place AND old.ctid = ANY(ARRAY(SELECT place FROM unlike WHERE until_on IS NOT NULL))
)
INSERT INTO metrics_span ({COLUMNS}) SELECT {COLUMNS} FROM unlike WHERE place IS NULL ORDER BY {KEY}
"""

# Where none stands, as when a team is counted for the first time, there is nothing to compare.
FIRST = f"SELECT team_id FROM metrics_span WHERE team_id = ANY(%(teams)s) ORDER BY {KEY} LIMIT 1"
ADD = f"INSERT INTO metrics_span ({COLUMNS}) SELECT {COLUMNS} FROM span_derived ORDER BY {KEY}"


class Touched(NamedTuple):
    """Whose spans are behind the facts: people, and the teams of which a pathway is touched as a whole.

    `pathways` are those in which somebody is touched, 0 standing for all of a team's.
    """

    people: list[int]
    whole: list[int]
    pathways: list[int]


def drain(cursor: CursorWrapper, teams: Sequence[int]) -> Touched:
    """Take the teams' touched people off the list. Their spans are behind until `settle` is done.

    The caller holds the teams' row locks (`teams.triggers`: every writer of facts takes it before it touches), in a
    statement before this one: so nothing is drained whose facts are not seen, and no two recounts of a team meet.
    """
    cursor.execute(DRAIN, {"teams": list(teams)})
    return Touched(*cursor.fetchone())


def stage(cursor: CursorWrapper, teams: Sequence[int], contributors: list[int] | None) -> None:
    """Derive the spans of some people of some teams, or of everybody, into a table of this transaction."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.span_derived")
    cursor.execute("CREATE TEMPORARY TABLE span_derived (LIKE metrics_span) ON COMMIT DROP")
    values = {"teams": list(teams), "contributors": contributors, "sources": None}
    cursor.execute(f"INSERT INTO span_derived ({COLUMNS}) {DERIVE}", values)
    cursor.execute("ANALYZE span_derived (contributor_id)")


def settle(cursor: CursorWrapper, teams: Sequence[int], contributors: list[int] | None) -> None:
    """Make the stored spans of the same people those of `stage`."""
    cursor.execute(FIRST, {"teams": list(teams)})
    stands = cursor.fetchone() is not None
    cursor.execute(SETTLE if stands else ADD, {"teams": list(teams), "contributors": contributors})


def rebuild(cursor: CursorWrapper, teams: Sequence[int]) -> None:
    """Derive all spans of some teams anew. Gives the rows that stand there. The caller holds the teams' row locks."""
    cursor.execute("DELETE FROM metrics_touched WHERE team_id = ANY(%s)", [list(teams)])
    stage(cursor, teams, None)
    settle(cursor, teams, None)


class Derived(NamedTuple):
    """One row of COLUMNS, not stored."""

    team_id: int
    pathway_id: int
    contributor_id: int
    level: int
    population: int
    from_on: date
    until_on: date
    is_first: bool


def derive(teams: Sequence[int], *, sources: Sequence[int]) -> list[Derived]:
    """The spans of some teams as they would be from some of their enabled sources alone, by their ids."""
    with connection.cursor() as cursor:
        cursor.execute(DERIVE, {"teams": list(teams), "contributors": None, "sources": list(sources)})
        return [Derived(*row) for row in cursor.fetchall()]
