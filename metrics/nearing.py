"""Who is one act away from a level, and what is missing: the rules of the conversion points, asked of one more act.

For a rule (n, d, m, w) the engine holds a level on day D while the n-th most recent act, the d-th most recent day and
the m-th most recent month lie within w days (metrics/spans.py). One more act on D is the first of its acts, the first
of its days if it is a new one, and the first of its months if that is new. So what the rule needs of the past is the
(n-1)-th act, the (d-1)-th day and the (m-1)-th month; in a month that has an act already, the m-th. None of these
changes while nothing happens: each is a last day, and the rule can be met by one act until the first of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from metrics.acts import COUNTED
from metrics.cohorts import Asked
from metrics.drifting import BY_STAFF
from pathways.rules import Point

#: What the past gives to a rule, as the day until which it does: of `size` things in order, the `count`-th most recent
#: one. A rule that asks for none of the past is always given it.
GIVES = "CASE WHEN {count} < 1 THEN 'infinity' ELSE COALESCE({days}[{size} - {count} + 1] + w, '-infinity') END"
ACT = GIVES.format(days="days", size="acts", count="(n - 1)")
NEW_DAY = GIVES.format(days="dates", size="cardinality(dates)", count="(d - 1)")
SAME_DAY = GIVES.format(days="dates", size="cardinality(dates)", count="d")
NEW_MONTH = GIVES.format(days="closes", size="cardinality(closes)", count="(m - 1)")
SAME_MONTH = GIVES.format(days="closes", size="cardinality(closes)", count="CASE m WHEN 1 THEN 0 ELSE m END")

# `wanted` are the rule's kinds as they count. `a_day`, `a_month` and `a_new_month` are when one more act stops to
# suffice: made on the as-of day that has an act already, in the month of the last one, and in a later month.
NEAR = f"""
WITH {COUNTED}, rule AS (
    SELECT p.id AS point_id, p.pathway_id, p.level, p.label, p.kinds, p.n, p.d, p.m, p.w::int, p.roles,
           ARRAY(SELECT k.counts_as FROM kind k WHERE k.id = ANY(p.kinds)) AS wanted
      FROM pathways_conversionpoint p JOIN pathway ON pathway.id = p.pathway_id
     WHERE (%(pathway)s::int IS NULL OR p.pathway_id = %(pathway)s::int) AND (p.n > 1 OR NOT %(near)s)
), seen AS (
    SELECT pathway_id, contributor_id, array_agg(day ORDER BY day, kind) AS days,
           array_agg(kind ORDER BY day, kind) AS kinds
      FROM act
     WHERE day BETWEEN %(as_of)s::date - (SELECT max(w) FROM rule) AND %(as_of)s
       AND (%(staff)s::boolean IS NULL OR staff = %(staff)s)
     GROUP BY 1, 2
    OFFSET 0
), recent AS (
    SELECT seen.*, standing.*
      FROM seen CROSS JOIN LATERAL (  -- one look for each: nobody can say beforehand how many there are
        SELECT max(level) AS held, (array_agg(until_on ORDER BY level DESC, until_on DESC))[1] AS lapses_on
          FROM metrics_span
         WHERE team_id = %(team)s AND pathway_id = COALESCE(%(pathway)s::int, 0) AND population & %(bit)s > 0
           AND contributor_id = seen.contributor_id AND from_on <= %(as_of)s AND until_on > %(as_of)s
     ) AS standing
     WHERE standing.held < 3 + (NOT %(near)s)::int
), one AS (
    SELECT recent.contributor_id, recent.held, recent.lapses_on, rule.*, seen.days, cardinality(seen.days) AS acts
      FROM recent JOIN rule USING (pathway_id)
     CROSS JOIN LATERAL (
        SELECT COALESCE(array_agg(day ORDER BY day), '{{}}') AS days
          FROM unnest(recent.days, recent.kinds) AS it (day, kind)
         WHERE day > %(as_of)s::date - w AND (rule.kinds = '{{}}' OR kind = ANY(wanted))
     ) AS seen
     WHERE CASE WHEN %(near)s THEN rule.level > recent.held AND cardinality(recent.days) >= n - 1
                                   AND cardinality(seen.days) >= n - 1
                ELSE rule.level >= recent.held END
    OFFSET 0  -- here and below: what is told of each row is told once
), dated AS (
    SELECT *, days[acts] AS last_on, ARRAY(SELECT DISTINCT day FROM unnest(days) AS day ORDER BY 1) AS dates,
           ARRAY(SELECT max(day) FROM unnest(days) AS day GROUP BY date_trunc('month', day) ORDER BY 1) AS closes
      FROM one
    OFFSET 0
), asked AS (
    SELECT *, %(as_of)s::date + COALESCE(last_on = %(as_of)s, false)::int AS new_day,
           COALESCE((date_trunc('month', last_on) + interval '1 month')::date, '-infinity') AS new_month,
           LEAST({ACT}, {SAME_DAY}, {SAME_MONTH}) AS a_day,
           LEAST({ACT}, {NEW_DAY}, {SAME_MONTH}) AS a_month,
           LEAST({ACT}, {NEW_DAY}, {NEW_MONTH}) AS a_new_month
      FROM dated
    OFFSET 0
), chance AS (
    SELECT *, (
        SELECT range_agg(run) * CASE WHEN roles = '{{}}' THEN '{{(,)}}'::datemultirange ELSE COALESCE((
                   SELECT range_agg(daterange(from_on, until_on)) FROM pathways_communityrole role
                    WHERE role.team_id = %(team)s AND role.contributor_id = asked.contributor_id
                      AND role.confirmed_by_id IS NOT NULL AND role.role = ANY(asked.roles)), '{{}}') END
          FROM (VALUES
            (CASE WHEN new_day > %(as_of)s AND a_day > %(as_of)s THEN daterange(%(as_of)s, new_day) END),
            (daterange(new_day, GREATEST(new_day, LEAST(new_month, a_month)))),
            (daterange(GREATEST(new_day, new_month), GREATEST(new_day, new_month, a_new_month)))
          ) AS part (run)
      ) AS days_left
      FROM asked
    OFFSET 0
)
SELECT contributor_id, held, NULLIF(lapses_on, '9999-12-31'), level, label, kinds, n, d, m, w, roles, acts,
       cardinality(dates), cardinality(closes), lower(first), NULLIF(upper(first), 'infinity') - 1,
       CASE WHEN level = held AND first IS NOT NULL AND isfinite(LEAST(kept, upper(first), new_day + w))
            THEN LEAST(kept, upper(first), new_day + w) END, pathway_id
  FROM chance
 CROSS JOIN LATERAL (SELECT CASE WHEN new_month > new_day THEN a_month ELSE a_new_month END AS kept) AS until
  LEFT JOIN LATERAL (SELECT run FROM unnest(days_left) AS run ORDER BY run LIMIT 1) AS one (first) ON true
 WHERE first IS NOT NULL OR NOT %(near)s
 ORDER BY contributor_id, level, lower(first), upper(first) DESC, point_id
"""


@dataclass(frozen=True)
class Chance:
    """One person and one conversion point: what the window that ends on the as-of day holds, and what one act would do.

    One more act on any day `first` ... `last` makes the rule true on that day (`last` None: on any day for ever;
    `first` None: no single act does). Of a level that is held, one more act on a later day, before it lapses, would
    make the rule hold until `keeps_until` at least.
    """

    contributor_id: int
    held: int
    lapses_on: date | None
    point: Point
    pathway_id: int
    acts: int
    days: int
    months: int
    first: date | None
    last: date | None
    keeps_until: date | None

    @property
    def is_near(self) -> bool:
        """Whether one act does it."""
        return self.first is not None


def near(asked: Asked) -> list[Chance]:
    """Who is one act away from a level above the one they hold: for each the lowest such level, and its first chance.

    Whose chance ends first comes first.

    A point of a single contribution makes nobody near: everybody who ever contributed is one act away from it.
    """
    best = {each.contributor_id: each for each in reversed(_chances(asked, None))}
    return sorted(best.values(), key=lambda each: (each.last or date.max, each.contributor_id))


def chances(asked: Asked, contributors: Sequence[int]) -> list[Chance]:
    """All conversion points of the level that people hold and of those above, as far as there are recent acts."""
    return _chances(asked, list(contributors))


def _chances(asked: Asked, contributors: list[int] | None) -> list[Chance]:
    with connection.cursor() as cursor:
        cursor.execute(
            NEAR,
            {
                "team": asked.team.pk,
                "teams": [asked.team.pk],
                "pathway": asked.pathway.pk if asked.pathway else None,
                "bit": asked.bit,
                "staff": BY_STAFF.get(asked.bit),
                "contributors": contributors,
                "sources": None,
                "as_of": asked.as_of,
                "near": contributors is None,
            },
        )
        return [_read(row) for row in cursor.fetchall()]


def _read(row: Sequence[Any]) -> Chance:
    who, held, lapses_on, level, label, kinds, n, d, m, w, roles, acts, days, months, first, last, keeps, pathway = row
    return Chance(
        contributor_id=who,
        held=held,
        lapses_on=lapses_on,
        point=Point(level, label, kinds, n, d, m, w, roles),
        pathway_id=pathway,
        acts=acts,
        days=days,
        months=months,
        first=first,
        last=last,
        keeps_until=keeps,
    )
