"""Counts over spans: THE queries that page, export, explanation and measure share, and the weekly rows.

Stocks and flows are never added. A stock is cumulative: distinct people who hold the level *or above* on the day.
"""

from collections.abc import Iterable
from datetime import date

from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from lifecycle import clock
from metrics.models import Span
from metrics.models.span import SpanQuerySet
from pathways.models import Level, Pathway
from teams.models import Population, Team


def holders(
    team: Team,
    *,
    on: date,
    level: Level,
    population: Population | int = Population.VOLUNTEERS,
    pathway: Pathway | None = None,
    leaving_out: Iterable[int] = (),
) -> QuerySet[Span, int]:
    """Ids of the people who hold the level or above on a day."""
    spans = Span.objects.of(team, population, pathway).on(on).at_least(level)
    return spans.exclude(contributor_id__in=list(leaving_out)).values_list("contributor_id", flat=True).distinct()


def stock(
    team: Team,
    *,
    on: date,
    level: Level,
    population: Population | int = Population.VOLUNTEERS,
    pathway: Pathway | None = None,
    leaving_out: Iterable[int] = (),
) -> int:
    """How many people hold the level or above on a day."""
    return holders(team, on=on, level=level, population=population, pathway=pathway, leaving_out=leaving_out).count()


def converted(
    team: Team,
    *,
    level: Level,
    first: date,
    last: date,
    population: Population | int = Population.VOLUNTEERS,
    pathway: Pathway | None = None,
) -> SpanQuerySet:
    """The conversions to a level on the days first ... last: one span a person, begun on the day of the conversion."""
    return Span.objects.of(team, population, pathway).conversions(level).since(first, last)


def conversions(
    team: Team,
    *,
    level: Level,
    first: date,
    last: date,
    population: Population | int = Population.VOLUNTEERS,
    pathway: Pathway | None = None,
) -> int:
    """How many people converted to a level on the days first ... last: a flow."""
    return converted(team, level=level, first=first, last=last, population=population, pathway=pathway).count()


LEVELS = ("casual", "active", "core")
FLOWS = tuple(f"{level}_{flow}" for level in LEVELS for flow in ("converted", "returned", "lapsed"))
COLUMNS = ("new", "prospects", *LEVELS, *FLOWS)

# Everything is the running sum of borders: +1 on a start, -1 on an end, each in its week. The last week is the
# current one; it is counted up to today, and a lapse that is booked for later is not in it yet.
#: Rows of `teams_weeklycount`, counted from the spans.
COUNT_WEEKS = f"""
WITH seen (population, bit) AS (VALUES ('volunteers', 1), ('staff', 2), ('people', 4)),
held AS (  -- the days on which somebody is at the level or above it, for all populations that see the same
    SELECT s.pathway_id, s.population AS seen_by, s.contributor_id, at_least.level,
           range_agg(daterange(s.from_on, s.until_on)) AS days
      FROM metrics_span s
      JOIN (VALUES (0), (1), (2), (3)) AS at_least (level)
        ON CASE at_least.level WHEN 0 THEN s.level = 0 ELSE s.level >= at_least.level END
     WHERE s.team_id = %(team)s AND s.population & 7 > 0
     GROUP BY 1, 2, 3, 4
), run AS (
    SELECT pathway_id, seen_by, level, lower(run) AS from_on, upper(run) AS until_on,
           lower(run) = lower(days) AS is_first
      FROM held CROSS JOIN LATERAL unnest(days) AS run
), prospect AS (  -- enrolled by word, until the first counted act: in the pathway, or (0) anywhere in the team
    SELECT scope.pathway_id, min(e.enrolled_on) AS from_on, min(act.from_on) AS until_on,
           CASE WHEN metrics_is_staff(e.contributor_id, '', min(e.enrolled_on)) THEN 2 + 4 ELSE 1 + 4 END AS seen_by
      FROM pathways_enrolment e
      JOIN pathways_pathway p ON p.id = e.pathway_id AND p.team_id = %(team)s
      JOIN pathways_contributor c ON c.id = e.contributor_id AND NOT c.is_bot
     CROSS JOIN LATERAL (VALUES (p.id), (0)) AS scope (pathway_id)
      LEFT JOIN metrics_span act ON act.team_id = %(team)s AND act.pathway_id = scope.pathway_id
                AND act.contributor_id = e.contributor_id AND act.level = 0 AND act.population & 4 > 0
     GROUP BY scope.pathway_id, e.contributor_id
), border AS (
    SELECT pathway_id, seen_by, from_on AS day, level, is_first AS converted, NOT is_first AS returned,
           false AS lapsed, 0 AS prospects
      FROM run
    UNION ALL
    SELECT pathway_id, seen_by, until_on, level, false, false, true, 0 FROM run
    UNION ALL
    SELECT pathway_id, seen_by, from_on, -1, false, false, false, 1 FROM prospect
     WHERE until_on IS NULL OR until_on > from_on
    UNION ALL
    SELECT pathway_id, seen_by, until_on, -1, false, false, false, -1 FROM prospect WHERE until_on > from_on
), tally AS (
    SELECT pathway_id, seen_by, day + (7 - extract(isodow FROM day)::int) AS week,
           count(*) FILTER (WHERE level = 0 AND converted) AS new, sum(prospects) AS prospects,
           {
    ", ".join(
        f"count(*) FILTER (WHERE level = {number} AND {flow}) AS {name}_{flow}"
        for number, name in enumerate(LEVELS, start=1)
        for flow in ("converted", "returned", "lapsed")
    )
}
      FROM border WHERE day <= %(today)s
     GROUP BY 1, 2, 3
), week AS (
    SELECT pathway_id, population, week, {", ".join(f"sum({name}) AS {name}" for name in ("new", "prospects", *FLOWS))}
      FROM tally JOIN seen ON seen_by & bit > 0
     GROUP BY 1, 2, 3
), grid AS (  -- every week from a pathway's first to the current one, for all populations alike
    SELECT first.pathway_id, seen.population, sunday::date AS week
      FROM (SELECT pathway_id, min(week) AS week FROM week GROUP BY pathway_id) AS first
     CROSS JOIN seen
     CROSS JOIN LATERAL generate_series(first.week, %(today)s::date + 6, interval '7 days') AS sunday
), running AS (
    SELECT %(team)s AS team_id, pathway_id, population, week, COALESCE(new, 0) AS new,
           sum(prospects) OVER so_far AS prospects,
           {
    ", ".join(f"sum({name}_converted + {name}_returned - {name}_lapsed) OVER so_far AS {name}" for name in LEVELS)
},
           {", ".join(f"COALESCE({flow}, 0) AS {flow}" for flow in FLOWS)}
      FROM grid LEFT JOIN week USING (pathway_id, population, week)
    WINDOW so_far AS (PARTITION BY pathway_id, population ORDER BY week)
)
SELECT team_id, pathway_id, population, week, new, COALESCE(prospects, 0) AS prospects,
       {", ".join(f"COALESCE({level}, 0) AS {level}" for level in LEVELS)}, {", ".join(FLOWS)}
  FROM running
"""

WEEKS = f"""
WITH fresh AS ({COUNT_WEEKS}), gone AS (
    DELETE FROM teams_weeklycount old
     WHERE old.team_id = %(team)s AND NOT EXISTS (
        SELECT FROM fresh WHERE (fresh.pathway_id, fresh.population, fresh.week)
                              = (old.pathway_id, old.population, old.week))
)
INSERT INTO teams_weeklycount AS old (team_id, pathway_id, population, week, {", ".join(COLUMNS)})
TABLE fresh
    ON CONFLICT (team_id, pathway_id, population, week) DO UPDATE
   SET ({", ".join(COLUMNS)}) = ({", ".join(f"EXCLUDED.{column}" for column in COLUMNS)})
 WHERE ({", ".join(f"old.{column}" for column in COLUMNS)})
       IS DISTINCT FROM ({", ".join(f"EXCLUDED.{column}" for column in COLUMNS)})
"""


def write_weeks(cursor: CursorWrapper, team_id: int, today: date | None = None) -> None:
    """Bring the weekly rows of a team and its pathways in line with the spans, in one statement.

    From the first contribution (or enrolment) to the current week. Per level: previous + converted + returned
    - lapsed = now, where converted is the first day at the level or above, returned a later start.
    """
    cursor.execute(WEEKS, {"team": team_id, "today": today or clock.today()})
