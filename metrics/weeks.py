"""The weekly rows of a team and its pathways: counted from the spans, or brought after a few people's spans.

Everything is the running sum of borders: +1 on a start, -1 on an end, each in its week. The last week is the current
one; it is counted up to today, and a lapse that is booked for later is not in it yet. So when some people's spans
change, the weeks change by the difference of their borders, however many people there are: `follow` writes that,
`write` counts everything, and both leave the same rows.
"""

from datetime import date

from django.db.backends.utils import CursorWrapper

LEVELS = ("casual", "active", "core")
FLOWS = tuple(f"{level}_{flow}" for level in LEVELS for flow in ("converted", "returned", "lapsed"))
COLUMNS = ("new", "prospects", *LEVELS, *FLOWS)

#: From `span`, rows with a sign: `week`, what the borders up to today add to each week.
FLOWED = f"""
seen (population, bit) AS (VALUES ('volunteers', 1), ('staff', 2), ('people', 4)),
held AS (  -- the days on which somebody is at the level or above it, for all populations that see the same
    SELECT s.sign, s.pathway_id, s.population AS seen_by, s.contributor_id, at_least.level,
           range_agg(daterange(s.from_on, s.until_on)) AS days
      FROM span s
      JOIN (VALUES (0), (1), (2), (3)) AS at_least (level)
        ON CASE at_least.level WHEN 0 THEN s.level = 0 ELSE s.level >= at_least.level END
     WHERE s.population & 7 > 0
     GROUP BY 1, 2, 3, 4, 5
), run AS (
    SELECT sign, pathway_id, seen_by, level, lower(run) AS from_on, upper(run) AS until_on,
           lower(run) = first AS is_first
      FROM (SELECT *, lower(days) AS first, unnest(days) AS run FROM held) AS one
), border AS (
    SELECT sign, pathway_id, seen_by, level, from_on AS day, is_first AS converted, NOT is_first AS returned,
           false AS lapsed
      FROM run
    UNION ALL
    SELECT sign, pathway_id, seen_by, level, until_on, false, false, true FROM run
), tally AS (
    SELECT pathway_id, seen_by, day + (7 - extract(isodow FROM day)::int) AS week,
           sum(sign) FILTER (WHERE level = 0 AND converted) AS new,
           {
    ", ".join(
        f"sum(sign) FILTER (WHERE level = {number} AND {flow}) AS {name}_{flow}"
        for number, name in enumerate(LEVELS, start=1)
        for flow in ("converted", "returned", "lapsed")
    )
}
      FROM border WHERE day <= %(today)s
     GROUP BY 1, 2, 3
), week AS (
    SELECT pathway_id, population, week, {", ".join(f"COALESCE(sum({name}), 0) AS {name}" for name in ("new", *FLOWS))}
      FROM tally JOIN seen ON seen_by & bit > 0
     GROUP BY 1, 2, 3
)
"""

#: `enrolled`, what enrolments add to each week's prospects: who is enrolled by word, until the first counted act, in
#: the pathway or (0) anywhere in the team. They are few, and counted anew each time.
ENROLLED = """
prospect AS (
    SELECT scope.pathway_id, min(e.enrolled_on) AS from_on, min(act.from_on) AS until_on,
           CASE WHEN metrics_is_staff(e.contributor_id, '', min(e.enrolled_on)) THEN 2 + 4 ELSE 1 + 4 END AS seen_by
      FROM pathways_enrolment e
      JOIN pathways_pathway p ON p.id = e.pathway_id AND p.team_id = %(team)s
      JOIN pathways_contributor c ON c.id = e.contributor_id AND NOT c.is_bot
     CROSS JOIN LATERAL (VALUES (p.id), (0)) AS scope (pathway_id)
      LEFT JOIN metrics_span act ON act.team_id = %(team)s AND act.pathway_id = scope.pathway_id
                AND act.contributor_id = e.contributor_id AND act.level = 0 AND act.population & 4 > 0
     GROUP BY scope.pathway_id, e.contributor_id
), enrolled AS (
    SELECT pathway_id, population, day + (7 - extract(isodow FROM day)::int) AS week, sum(number) AS prospects
      FROM (SELECT pathway_id, seen_by, from_on AS day, 1 AS number FROM prospect
             WHERE until_on IS NULL OR until_on > from_on
            UNION ALL SELECT pathway_id, seen_by, until_on, -1 FROM prospect WHERE until_on > from_on) AS border
      JOIN (VALUES ('volunteers', 1), ('staff', 2), ('people', 4)) AS one (population, bit) ON seen_by & bit > 0
     WHERE day <= %(today)s
     GROUP BY 1, 2, 3
)
"""

#: Rows of `teams_weeklycount`, counted from the spans: every week from a pathway's first to the current one, for all
#: populations alike.
COUNT_WEEKS = f"""
WITH span AS (
    SELECT 1 AS sign, pathway_id, contributor_id, level, population, from_on, until_on
      FROM metrics_span WHERE team_id = %(team)s
), {FLOWED}, {ENROLLED}, grid AS (
    SELECT first.pathway_id, seen.population, sunday::date AS week
      FROM (SELECT pathway_id, min(week) AS week
              FROM (SELECT pathway_id, week FROM week UNION ALL SELECT pathway_id, week FROM enrolled) AS one
             GROUP BY pathway_id) AS first
     CROSS JOIN seen
     CROSS JOIN LATERAL generate_series(first.week, %(today)s::date + 6, interval '7 days') AS sunday
), running AS (
    SELECT pathway_id, population, week, COALESCE(new, 0) AS new, sum(prospects) OVER so_far AS prospects,
           {
    ", ".join(f"sum({name}_converted + {name}_returned - {name}_lapsed) OVER so_far AS {name}" for name in LEVELS)
},
           {", ".join(f"COALESCE({flow}, 0) AS {flow}" for flow in FLOWS)}
      FROM grid LEFT JOIN week USING (pathway_id, population, week)
           LEFT JOIN enrolled USING (pathway_id, population, week)
    WINDOW so_far AS (PARTITION BY pathway_id, population ORDER BY week)
)
SELECT %(team)s AS team_id, pathway_id, population, week, least(week, %(today)s) AS counted_to, new,
       COALESCE(prospects, 0) AS prospects, {", ".join(f"COALESCE({level}, 0) AS {level}" for level in LEVELS)},
       {", ".join(FLOWS)}
  FROM running
"""

WRITTEN = ("counted_to", *COLUMNS)
WRITE = f"""
WITH fresh AS ({COUNT_WEEKS}), gone AS (
    DELETE FROM teams_weeklycount old
     WHERE old.team_id = %(team)s AND NOT EXISTS (
        SELECT FROM fresh WHERE (fresh.pathway_id, fresh.population, fresh.week)
                              = (old.pathway_id, old.population, old.week))
)
INSERT INTO teams_weeklycount AS old (team_id, pathway_id, population, week, {", ".join(WRITTEN)})
TABLE fresh
    ON CONFLICT (team_id, pathway_id, population, week) DO UPDATE
   SET ({", ".join(WRITTEN)}) = ({", ".join(f"EXCLUDED.{column}" for column in WRITTEN)})
 WHERE ({", ".join(f"old.{column}" for column in WRITTEN)})
       IS DISTINCT FROM ({", ".join(f"EXCLUDED.{column}" for column in WRITTEN)})
"""


def write(cursor: CursorWrapper, team_id: int, today: date) -> None:
    """Bring the weekly rows of a team and its pathways in line with the spans, in one statement.

    From the first contribution (or enrolment) to the current week. Per level: previous + converted + returned
    - lapsed = now, where converted is the first day at the level or above, returned a later start. A trigger holds
    the table to it.
    """
    cursor.execute(WRITE, {"team": team_id, "today": today})


#: What the people of `span_derived` (metrics/spans.py) add, there, to what they add in the stored spans.
CHANGED = f"""
CREATE TEMPORARY TABLE week_changed ON COMMIT DROP AS
WITH span AS (
    SELECT 1 AS sign, pathway_id, contributor_id, level, population, from_on, until_on FROM span_derived
    UNION ALL
    SELECT -1, pathway_id, contributor_id, level, population, from_on, until_on
      FROM metrics_span WHERE team_id = %(team)s AND contributor_id = ANY(%(contributors)s)
       AND pathway_id IN (SELECT 0 UNION ALL SELECT id FROM pathways_pathway WHERE team_id = %(team)s)
), {FLOWED}
SELECT * FROM week WHERE ({", ".join(("new", *FLOWS))}) <> ({", ".join("0" for _ in ("new", *FLOWS))})
"""

# A pathway's rows begin with its first border. Where that may move, or the day has, everything is counted.
CAN_FOLLOW = f"""
WITH {ENROLLED}, standing AS (
    SELECT pathway_id, min(week) AS first, max(week) AS last, max(counted_to) AS counted_to
      FROM teams_weeklycount WHERE team_id = %(team)s GROUP BY pathway_id
)
SELECT NOT EXISTS (SELECT FROM standing WHERE counted_to <> %(today)s)
   AND NOT EXISTS (SELECT FROM week_changed LEFT JOIN standing USING (pathway_id)
                    WHERE first IS NULL OR week_changed.week <= first)
   AND NOT EXISTS (SELECT FROM enrolled LEFT JOIN standing USING (pathway_id)
                    WHERE first IS NULL OR enrolled.week <= first)
   AND NOT EXISTS (SELECT FROM standing JOIN teams_weeklycount w
                       ON w.team_id = %(team)s AND w.pathway_id = standing.pathway_id AND w.week = first
                    WHERE w.prospects > 0)
"""

FOLLOW = f"""
WITH first AS (
    SELECT pathway_id, population, min(week) AS first FROM week_changed GROUP BY pathway_id, population
), running AS (
    SELECT pathway_id, population, week, COALESCE(new, 0) AS new,
           {
    ", ".join(f"sum({name}_converted + {name}_returned - {name}_lapsed) OVER so_far AS {name}" for name in LEVELS)
},
           {", ".join(f"COALESCE({flow}, 0) AS {flow}" for flow in FLOWS)}
      FROM first
      JOIN (SELECT pathway_id, population, week FROM teams_weeklycount WHERE team_id = %(team)s) AS w
           USING (pathway_id, population)
      LEFT JOIN week_changed USING (pathway_id, population, week)
     WHERE week >= first.first
    WINDOW so_far AS (PARTITION BY pathway_id, population ORDER BY week)
)
UPDATE teams_weeklycount old
   SET {", ".join(f"{name} = old.{name} + COALESCE(running.{name}, 0)" for name in ("new", *LEVELS, *FLOWS))}
  FROM running
 WHERE old.team_id = %(team)s AND (old.pathway_id, old.population, old.week)
                                  = (running.pathway_id, running.population, running.week)
   AND ({", ".join(f"COALESCE(running.{name}, 0)" for name in ("new", *LEVELS, *FLOWS))})
       <> ({", ".join("0" for _ in ("new", *LEVELS, *FLOWS))})
"""

PROSPECTS = f"""
WITH {ENROLLED}, running AS (
    SELECT pathway_id, population, week, COALESCE(sum(enrolled.prospects) OVER so_far, 0) AS prospects
      FROM (SELECT pathway_id, population, week FROM teams_weeklycount WHERE team_id = %(team)s) AS w
      LEFT JOIN enrolled USING (pathway_id, population, week)
    WINDOW so_far AS (PARTITION BY pathway_id, population ORDER BY week)
)
UPDATE teams_weeklycount old SET prospects = running.prospects FROM running
 WHERE old.team_id = %(team)s AND (old.pathway_id, old.population, old.week)
                                  = (running.pathway_id, running.population, running.week)
   AND old.prospects <> running.prospects
"""
HAS_PROSPECTS = """
SELECT EXISTS (SELECT FROM pathways_enrolment e JOIN pathways_pathway p ON p.id = e.pathway_id
                WHERE p.team_id = %(team)s)
    OR EXISTS (SELECT FROM teams_weeklycount WHERE team_id = %(team)s AND prospects > 0)
"""


def notice(cursor: CursorWrapper, team_id: int, contributors: list[int], today: date) -> bool:
    """Put aside what the people's derived spans change in each week, before they are stored; False if all is asked.

    It is, when the rows are not of today, or a pathway's first week may come or go.
    """
    values: dict[str, int | list[int] | date] = {"team": team_id, "contributors": contributors, "today": today}
    cursor.execute("DROP TABLE IF EXISTS pg_temp.week_changed")
    cursor.execute(CHANGED, values)
    cursor.execute(CAN_FOLLOW, values)
    can_follow: bool = cursor.fetchone()[0]
    return can_follow


def follow(cursor: CursorWrapper, team_id: int, today: date) -> None:
    """Add to the weekly rows what `notice` has put aside; afterwards they are what `write` would have written."""
    values: dict[str, int | date] = {"team": team_id, "today": today}
    cursor.execute(FOLLOW, values)
    cursor.execute(HAS_PROSPECTS, values)
    if cursor.fetchone()[0]:
        cursor.execute(PROSPECTS, values)
