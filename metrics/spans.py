"""From contributions to spans: the engine.

One formula (2-architecture, 2.3). Take the counted acts of one contributor in one pathway in order. For a rule
(n, d, m, w) and a day D with an act, let `a` be the day of the n-th most recent act up to and including D, `b` the
d-th most recent distinct day, `c` the last act's day in the m-th most recent distinct month, and
u = min(a, b, c) + w. If u > D, the level is held on [D, u). The union of these ranges over all days with acts are
the spans: the first start is the conversion, an end is a lapse.

The unit of work is a person in a team, with all of the team's pathways: whether the populations see one history or
three is told from all of the acts, and the union over the pathways needs them all.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from metrics.acts import COUNTED
from teams.models import Team

#: Rows of `metrics_span`, derived. Everything happens inside the group of one pair: an ordered array of days, and
#: arithmetic on its positions (`width_bucket` finds a day's position by binary search). OFFSET 0 keeps the planner
#: from computing an array, or a range, once per use.
DERIVE = f"""
WITH {COUNTED}, rule AS (
    SELECT point.pathway_id, point.level, point.n, point.d, point.m, point.w::int, point.roles,
           cardinality(point.kinds) = 0 AS any_kind,
           ARRAY(SELECT counts_as FROM kind WHERE kind.id = ANY(point.kinds)) AS kinds
      FROM pathways_conversionpoint point JOIN pathway ON pathway.id = point.pathway_id
    UNION ALL  -- the contributor, held for ever from the first counted act
    SELECT id, 0, 1, 1, 1, NULL, ARRAY[]::varchar[], true, ARRAY[]::smallint[] FROM pathway
), role AS (
    SELECT contributor_id, role, range_agg(daterange(from_on, until_on)) AS held
      FROM pathways_communityrole WHERE team_id = %(team)s AND confirmed_by_id IS NOT NULL
     GROUP BY contributor_id, role
), track AS (
    SELECT act.pathway_id, act.contributor_id,
           array_agg(act.day ORDER BY act.day, act.staff, act.kind) AS days,
           array_agg(act.staff ORDER BY act.day, act.staff, act.kind) AS staffs,
           array_agg(act.kind ORDER BY act.day, act.staff, act.kind) AS kinds,
           CASE WHEN bot.is_bot THEN 'bot'
                WHEN bool_and(bool_and(act.staff)) OVER person THEN 'staff'
                WHEN bool_or(bool_or(act.staff)) OVER person THEN 'mixed' ELSE 'volunteer' END AS sort
      FROM act JOIN pathways_contributor bot ON bot.id = act.contributor_id
     GROUP BY act.pathway_id, act.contributor_id, bot.is_bot
    WINDOW person AS (PARTITION BY act.contributor_id)
), seen (sort, population, staff) AS (
    -- Who sees which history, in the bits of metrics/populations.py: one row for all who see the same.
    VALUES ('bot', 8, NULL::boolean), ('volunteer', 1 + 4 + 8, NULL), ('staff', 2 + 4 + 8, NULL),
           ('mixed', 1, false), ('mixed', 2, true), ('mixed', 4 + 8, NULL)
), history AS (
    SELECT track.pathway_id, track.contributor_id, seen.population, rule.level, rule.n, rule.d, rule.m, rule.w,
           rule.roles,
           CASE WHEN seen.staff IS NULL AND rule.any_kind THEN track.days ELSE ARRAY(
               SELECT x.day FROM unnest(track.days, track.staffs, track.kinds)
                      WITH ORDINALITY AS x (day, staff, kind, nth)
                WHERE (seen.staff IS NULL OR x.staff = seen.staff) AND (rule.any_kind OR x.kind = ANY(rule.kinds))
                ORDER BY x.nth
           ) END AS acts
      FROM track
      JOIN seen ON seen.sort = track.sort
      JOIN rule ON rule.pathway_id = track.pathway_id AND rule.n <= cardinality(track.days)
    OFFSET 0
), calendar AS (
    SELECT *,
           CASE WHEN d > 1 OR m > 1 THEN ARRAY(SELECT DISTINCT day FROM unnest(acts) AS day ORDER BY day)
                ELSE acts END AS days,
           CASE WHEN m > 1 THEN ARRAY(
               SELECT DISTINCT date_trunc('month', day::timestamp)::date FROM unnest(acts) AS day ORDER BY 1
           ) END AS months
      FROM history WHERE n <= cardinality(acts)
    OFFSET 0
), ranges AS (
    SELECT pathway_id, contributor_id, population, level, roles,
           CASE WHEN w IS NULL THEN datemultirange(daterange(acts[1], NULL)) ELSE (
               SELECT range_agg(daterange(day, until))
                 FROM (
                   SELECT x.day, w + LEAST(
                              acts[x.so_far - n + 1],
                              days[x.nth - d + 1],
                              days[width_bucket(months[x.month - m + 2] - 1, days)]
                          ) AS until
                     FROM (
                       SELECT day, nth::int, width_bucket(day, acts) AS so_far,
                              CASE WHEN m > 1 THEN width_bucket(day, months) ELSE 1 END AS month
                         FROM unnest(days) WITH ORDINALITY AS x (day, nth)
                     ) AS x
                    WHERE x.so_far >= n AND x.nth >= d AND x.month >= m
                 ) AS one
                WHERE until > day
           ) END AS held
      FROM calendar WHERE d <= cardinality(days)
    OFFSET 0
), reached AS (
    SELECT pathway_id, contributor_id, population, level,
           CASE WHEN roles = '{{}}' THEN held ELSE held * (
               SELECT range_agg(role.held) FROM role
                WHERE role.contributor_id = ranges.contributor_id AND role.role = ANY(ranges.roles)
           ) END AS held
      FROM ranges WHERE held IS NOT NULL
), by_pathway AS (
    SELECT pathway_id, contributor_id, level, population, range_agg(held) AS held
      FROM reached GROUP BY pathway_id, contributor_id, level, population
), by_team AS (
    SELECT 0 AS pathway_id, contributor_id, level, population, range_agg(held) AS held
      FROM by_pathway GROUP BY contributor_id, level, population
)
SELECT %(team)s AS team_id, pathway_id, contributor_id, level, population,
       lower(run) AS from_on, COALESCE(upper(run), '9999-12-31') AS until_on, lower(run) = lower(held) AS is_first
  FROM (TABLE by_pathway UNION ALL TABLE by_team) AS whole
 CROSS JOIN LATERAL unnest(held) AS run
"""

DRAIN = """
WITH drained AS (
    DELETE FROM metrics_touched WHERE team_id = %(team)s RETURNING pathway_id, contributor_id
), whole AS (
    SELECT pathway_id FROM drained WHERE contributor_id = 0
)
SELECT array_agg(contributor_id ORDER BY contributor_id) FROM (
    SELECT contributor_id FROM drained WHERE contributor_id <> 0
    UNION
    SELECT contributor_id FROM metrics_contribution
     WHERE team_id = %(team)s AND pathway_id IN (SELECT pathway_id FROM whole)
    UNION
    SELECT contributor_id FROM metrics_span
     WHERE team_id = %(team)s AND pathway_id IN (SELECT pathway_id FROM whole)
) AS behind
"""

CLEAR = """
DELETE FROM metrics_span
 WHERE team_id = %(team)s AND (%(contributors)s::int[] IS NULL OR (
       contributor_id = ANY(%(contributors)s::int[])
       AND pathway_id = ANY(ARRAY(SELECT 0 UNION SELECT id FROM pathways_pathway WHERE team_id = %(team)s))))
"""

COLUMNS = "team_id, pathway_id, contributor_id, level, population, from_on, until_on, is_first"


def recompute(cursor: CursorWrapper, team_id: int) -> int:
    """Bring the spans of the team's touched people up to date; how many people.

    The caller holds the team's row lock (`teams.triggers`: every writer of facts takes it before it touches), in a
    statement before this one: so nothing is drained whose facts are not seen, and no two recounts of a team meet.
    """
    cursor.execute(DRAIN, {"team": team_id})
    (contributors,) = cursor.fetchone()
    if contributors:
        _replace(cursor, team_id, contributors)
    return len(contributors or [])


def rebuild(cursor: CursorWrapper, team_id: int) -> None:
    """Derive all spans of a team anew. Gives the rows that `recompute` keeps. The caller holds the team's row lock."""
    cursor.execute("DELETE FROM metrics_touched WHERE team_id = %s", [team_id])
    _replace(cursor, team_id, None)


def _replace(cursor: CursorWrapper, team_id: int, contributors: list[int] | None) -> None:
    parameters: dict[str, int | list[int] | None] = {"team": team_id, "contributors": contributors, "sources": None}
    cursor.execute(CLEAR, parameters)
    cursor.execute(f"INSERT INTO metrics_span ({COLUMNS}) {DERIVE}", parameters)


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


def derive(team: Team, *, sources: Sequence[int]) -> list[Derived]:
    """The spans of a team as they would be from some of its enabled sources alone, by their ids."""
    with connection.cursor() as cursor:
        cursor.execute(DERIVE, {"team": team.pk, "contributors": None, "sources": list(sources)})
        return [Derived(*row) for row in cursor.fetchall()]
