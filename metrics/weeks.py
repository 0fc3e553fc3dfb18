"""The weekly rows of teams and their pathways: counted from the spans, or brought after a few people's spans.

Everything is the running sum of borders: +1 on a start, -1 on an end, each in its week. The last week is the current
one; it is counted up to today, and a lapse that is booked for later is not in it yet. So when some people's spans
change, the weeks change by the difference of their borders, however many people there are: `follow` writes that,
`write` counts everything, and both leave the same rows.
"""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.backends.utils import CursorWrapper

LEVELS = ("casual", "active", "core")
FLOWS = tuple(f"{level}_{flow}" for level in LEVELS for flow in ("converted", "returned", "lapsed"))
COLUMNS = ("new", "prospects", *LEVELS, *FLOWS)

#: The headline populations with their bits (metrics/populations.py) and their places in the order of the table's key:
#: what is counted in that order is written at the end of its index, and the trigger finds it sorted.
SEEN = "seen (population, bit, place) AS (VALUES ('people', 4, 1), ('staff', 2, 2), ('volunteers', 1, 3))"

#: From `span`, rows with a sign: `step`, what the borders up to today add to each week. Sums are made integers again:
#: a sum of bigints would be a numeric, which is slow.
FLOWED = f"""
held AS (  -- the days on which somebody is at the level or above it, for all populations that see the same
    SELECT s.sign, s.team_id, s.pathway_id, s.population AS seen_by, s.contributor_id, at_least.level,
           range_agg(daterange(s.from_on, s.until_on)) AS days
      FROM span s
      JOIN (VALUES (1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3)) AS at_least (held, level)
        ON at_least.held = s.level
     WHERE s.population & 7 > 0
     GROUP BY 1, 2, 3, 4, 5, 6
), run AS (
    SELECT sign, team_id, pathway_id, seen_by, level, lower(run) AS from_on, upper(run) AS until_on,
           lower(run) = first AS is_first
      FROM (SELECT *, lower(days) AS first, unnest(days) AS run FROM held) AS one
), border AS (
    -- who is a contributor stays one, so there is one run and nothing to unite: for most people that is all
    SELECT sign, team_id, pathway_id, population AS seen_by, 0 AS level, from_on AS day, true AS converted,
           false AS returned, false AS lapsed
      FROM span WHERE level = 0 AND population & 7 > 0
    UNION ALL
    SELECT sign, team_id, pathway_id, seen_by, level, from_on AS day, is_first AS converted,
           NOT is_first AS returned, false AS lapsed
      FROM run
    UNION ALL
    SELECT sign, team_id, pathway_id, seen_by, level, until_on, false, false, true FROM run
), tally AS (
    SELECT team_id, pathway_id, seen_by, day + (7 - extract(isodow FROM day)::int) AS week,
           sum(sign) FILTER (WHERE level = 0 AND converted)::int AS new,
           {
    ", ".join(
        f"sum(sign) FILTER (WHERE level = {number} AND {flow})::int AS {name}_{flow}"
        for number, name in enumerate(LEVELS, start=1)
        for flow in ("converted", "returned", "lapsed")
    )
}
      FROM border WHERE day <= %(today)s
     GROUP BY 1, 2, 3, 4
), step AS (  -- one row for each that see alike: to be summed
    SELECT team_id, pathway_id, place, week, {", ".join(f"COALESCE({name}, 0) AS {name}" for name in ("new", *FLOWS))}
      FROM tally JOIN seen ON seen_by & bit > 0
)
"""

#: Of some pathways, 0 being the union over a team's; or (None) of all.
ASKED = "(%(pathways)s::int[] IS NULL OR pathway_id = ANY(%(pathways)s::int[]))"

#: `enrolled`, what enrolments add to each week's prospects: who is enrolled by word, until the first counted act, in
#: the pathway or (0) anywhere in the team. They are few, and counted anew each time.
ENROLLED = """
prospect AS (
    SELECT p.team_id, scope.pathway_id, min(e.enrolled_on) AS from_on, min(act.from_on) AS until_on,
           CASE WHEN metrics_is_staff(e.contributor_id, '', min(e.enrolled_on)) THEN 2 + 4 ELSE 1 + 4 END AS seen_by
      FROM pathways_enrolment e
      JOIN pathways_pathway p ON p.id = e.pathway_id AND p.team_id = ANY(%(teams)s)
      JOIN pathways_contributor c ON c.id = e.contributor_id AND NOT c.is_bot
     CROSS JOIN LATERAL (VALUES (p.id), (0)) AS scope (pathway_id)
      LEFT JOIN metrics_span act ON act.team_id = p.team_id AND act.pathway_id = scope.pathway_id
                AND act.contributor_id = e.contributor_id AND act.level = 0 AND act.population & 4 > 0
     GROUP BY p.team_id, scope.pathway_id, e.contributor_id
), enrolled AS (
    SELECT team_id, pathway_id, place, day + (7 - extract(isodow FROM day)::int) AS week, sum(number)::int AS prospects
      FROM (SELECT team_id, pathway_id, seen_by, from_on AS day, 1 AS number FROM prospect
             WHERE until_on IS NULL OR until_on > from_on
            UNION ALL
            SELECT team_id, pathway_id, seen_by, until_on, -1 FROM prospect WHERE until_on > from_on) AS border
      JOIN seen ON seen_by & bit > 0
     WHERE day <= %(today)s
     GROUP BY 1, 2, 3, 4
)
"""

#: Rows of `teams_weeklycount`, counted from the spans: every week from a pathway's first to the current one, for all
#: populations alike. They are summed where there is a border, and repeated up to the next: no join with a calendar,
#: which may be planned to compare each week with each.
COUNT_WEEKS = f"""
WITH {SEEN}, span AS (
    SELECT 1 AS sign, team_id, pathway_id, contributor_id, level, population, from_on, until_on
      FROM metrics_span WHERE team_id = ANY(%(teams)s) AND {ASKED}
), {FLOWED}, {ENROLLED}, every AS (
    SELECT team_id, pathway_id, place, week, 0 AS prospects, {", ".join(("new", *FLOWS))} FROM step
    UNION ALL
    SELECT team_id, pathway_id, place, week, prospects, {", ".join("0" for _ in ("new", *FLOWS))} FROM enrolled
     WHERE {ASKED}
    UNION ALL
    SELECT team_id, pathway_id, place, min(week), 0, {", ".join("0" for _ in ("new", *FLOWS))}
      FROM (SELECT team_id, pathway_id, week FROM tally
            UNION ALL SELECT team_id, pathway_id, week FROM enrolled WHERE {ASKED}) AS one CROSS JOIN seen
     GROUP BY team_id, pathway_id, place
), running AS (
    SELECT team_id, pathway_id, place, week, sum(new) AS new, sum(sum(prospects)::int) OVER so_far AS prospects,
           {
    ", ".join(
        f"sum(sum({name}_converted + {name}_returned - {name}_lapsed)::int) OVER so_far AS {name}" for name in LEVELS
    )
},
           {", ".join(f"sum({flow}) AS {flow}" for flow in FLOWS)},
           (lead(week, 1, %(today)s::date + 14 - extract(isodow FROM %(today)s::date)::int) OVER so_far - week) / 7
               AS weeks
      FROM every GROUP BY team_id, pathway_id, place, week
    WINDOW so_far AS (PARTITION BY team_id, pathway_id, place ORDER BY week)
), repeated AS (
    SELECT *, generate_series(0, weeks - 1) AS later FROM running
)
SELECT team_id, pathway_id, population, week + 7 * later AS week, least(week + 7 * later, %(today)s) AS counted_to,
       CASE later WHEN 0 THEN new ELSE 0 END AS new, prospects, {", ".join(LEVELS)},
       {", ".join(f"CASE later WHEN 0 THEN {flow} ELSE 0 END AS {flow}" for flow in FLOWS)}
  FROM repeated JOIN seen USING (place)
"""

KEY = "team_id, pathway_id, population, week"
WRITTEN = ("counted_to", *COLUMNS)
SAME = " AND ".join(f"old.{column} = {{0}}.{column}" for column in KEY.split(", "))
# A full join, and rows found by where they lie, as in metrics/spans.py: a row that stands as it is counted is neither
# written nor locked.
WRITE = f"""
WITH unlike AS MATERIALIZED (
    SELECT {KEY}, {", ".join(f"fresh.{name}" for name in WRITTEN)}, old.place
      FROM ({COUNT_WEEKS}) AS fresh
      FULL JOIN (SELECT *, ctid AS place FROM teams_weeklycount WHERE team_id = ANY(%(teams)s) AND {ASKED}) AS old
           USING ({KEY})
     WHERE ({", ".join(f"old.{name}" for name in WRITTEN)})
           IS DISTINCT FROM ({", ".join(f"fresh.{name}" for name in WRITTEN)})
), gone AS (
    DELETE FROM teams_weeklycount WHERE ctid = ANY(ARRAY(SELECT place FROM unlike WHERE counted_to IS NULL))
), moved AS (
    UPDATE teams_weeklycount old SET {", ".join(f"{name} = unlike.{name}" for name in WRITTEN)} FROM unlike
     WHERE old.ctid = place AND old.ctid = ANY(ARRAY(SELECT place FROM unlike WHERE counted_to IS NOT NULL))
)
INSERT INTO teams_weeklycount ({KEY}, {", ".join(WRITTEN)})
SELECT {KEY}, {", ".join(WRITTEN)} FROM unlike WHERE place IS NULL
"""

#: Where none stands, as when a team is counted for the first time, there is nothing to compare.
FIRST = f"SELECT team_id FROM teams_weeklycount WHERE team_id = ANY(%(teams)s) ORDER BY {KEY} LIMIT 1"
ADD = f"INSERT INTO teams_weeklycount ({KEY}, {', '.join(WRITTEN)}) {COUNT_WEEKS}"

#: Teams some of whose weekly rows end on another day.
NOT_OF = """
SELECT DISTINCT team_id FROM (
    SELECT team_id FROM teams_weeklycount WHERE team_id = ANY(%(teams)s)
     GROUP BY team_id, pathway_id HAVING max(counted_to) <> %(today)s) AS one
"""


def write(cursor: CursorWrapper, teams: Sequence[int], today: date, *, pathways: Collection[int] | None = None) -> None:
    """Bring the weekly rows of some teams and their pathways in line with the spans, in one statement.

    `pathways` are those of which anything was touched; 0 among them means that something of all may have changed.
    Where the other rows are of today, they stand as they are.

    From the first contribution (or enrolment) to the current week. Per level: previous + converted + returned
    - lapsed = now, where converted is the first day at the level or above, returned a later start. A trigger holds
    the table to it.
    """
    if pathways is None or 0 in pathways:
        cursor.execute(FIRST, {"teams": list(teams)})
        stands = cursor.fetchone() is not None
        cursor.execute(WRITE if stands else ADD, {"teams": list(teams), "today": today, "pathways": None})
        return
    cursor.execute(NOT_OF, {"teams": list(teams), "today": today})
    if old := [team_id for (team_id,) in cursor.fetchall()]:
        cursor.execute(WRITE, {"teams": old, "today": today, "pathways": None})
    current = [team_id for team_id in teams if team_id not in old]
    cursor.execute(WRITE, {"teams": current, "today": today, "pathways": [0, *pathways]})


#: What the people of `span_derived` (metrics/spans.py) add, there, to what they add in the stored spans.
CHANGED = f"""
CREATE TEMPORARY TABLE week_changed ON COMMIT DROP AS
WITH {SEEN}, span AS (
    SELECT 1 AS sign, team_id, pathway_id, contributor_id, level, population, from_on, until_on FROM span_derived
     WHERE team_id = ANY(%(teams)s)
    UNION ALL
    SELECT -1, team_id, pathway_id, contributor_id, level, population, from_on, until_on
      FROM metrics_span WHERE team_id = ANY(%(teams)s) AND contributor_id = ANY(%(contributors)s)
       AND pathway_id IN (SELECT 0 UNION ALL SELECT id FROM pathways_pathway WHERE team_id = ANY(%(teams)s))
), {FLOWED}
SELECT team_id, pathway_id, population, week, {", ".join(f"sum({name})::int AS {name}" for name in ("new", *FLOWS))}
  FROM step JOIN seen USING (place) GROUP BY team_id, pathway_id, population, week
HAVING ({", ".join(f"sum({name})" for name in ("new", *FLOWS))}) <> ({", ".join("0" for _ in ("new", *FLOWS))})
"""

# A pathway's rows begin with its first border. Where that may move, or the day has, everything is counted.
CANNOT_FOLLOW = f"""
WITH {SEEN}, {ENROLLED}, standing AS (
    SELECT team_id, pathway_id, min(week) AS first, max(week) AS last, max(counted_to) AS counted_to
      FROM teams_weeklycount WHERE team_id = ANY(%(teams)s) GROUP BY team_id, pathway_id
)
SELECT team_id FROM standing WHERE counted_to <> %(today)s
UNION SELECT team_id FROM week_changed LEFT JOIN standing USING (team_id, pathway_id)
       WHERE first IS NULL OR week_changed.week <= first
UNION SELECT team_id FROM enrolled LEFT JOIN standing USING (team_id, pathway_id)
       WHERE first IS NULL OR enrolled.week <= first
UNION SELECT team_id FROM standing JOIN teams_weeklycount w USING (team_id, pathway_id)
       WHERE w.week = first AND w.prospects > 0
"""

FOLLOW = f"""
WITH first AS (
    SELECT team_id, pathway_id, population, min(week) AS first FROM week_changed GROUP BY 1, 2, 3
), running AS (
    SELECT team_id, pathway_id, population, week, COALESCE(new, 0) AS new,
           {
    ", ".join(f"sum({name}_converted + {name}_returned - {name}_lapsed) OVER so_far AS {name}" for name in LEVELS)
},
           {", ".join(f"COALESCE({flow}, 0) AS {flow}" for flow in FLOWS)}
      FROM first
      JOIN (SELECT {KEY} FROM teams_weeklycount WHERE team_id = ANY(%(teams)s)) AS w
           USING (team_id, pathway_id, population)
      LEFT JOIN week_changed USING ({KEY})
     WHERE week >= first.first
    WINDOW so_far AS (PARTITION BY team_id, pathway_id, population ORDER BY week)
)
UPDATE teams_weeklycount old
   SET {", ".join(f"{name} = old.{name} + COALESCE(running.{name}, 0)" for name in ("new", *LEVELS, *FLOWS))}
  FROM running
 WHERE old.team_id = ANY(%(teams)s) AND {SAME.format("running")}
   AND ({", ".join(f"COALESCE(running.{name}, 0)" for name in ("new", *LEVELS, *FLOWS))})
       <> ({", ".join("0" for _ in ("new", *LEVELS, *FLOWS))})
"""

PROSPECTS = f"""
WITH {SEEN}, {ENROLLED}, running AS (
    SELECT team_id, pathway_id, population, week, COALESCE(sum(enrolled.prospects) OVER so_far, 0) AS prospects
      FROM (SELECT {KEY} FROM teams_weeklycount WHERE team_id = ANY(%(teams)s)) AS w
      JOIN seen USING (population)
      LEFT JOIN enrolled USING (team_id, pathway_id, place, week)
    WINDOW so_far AS (PARTITION BY team_id, pathway_id, population ORDER BY week)
)
UPDATE teams_weeklycount old SET prospects = running.prospects FROM running
 WHERE old.team_id = ANY(%(teams)s) AND {SAME.format("running")} AND old.prospects <> running.prospects
"""
HAVE_PROSPECTS = """
SELECT EXISTS (SELECT FROM pathways_enrolment e JOIN pathways_pathway p ON p.id = e.pathway_id
                WHERE p.team_id = ANY(%(teams)s))
    OR EXISTS (SELECT FROM teams_weeklycount WHERE team_id = ANY(%(teams)s) AND prospects > 0)
"""

Values = dict[str, list[int] | date]


def notice(cursor: CursorWrapper, teams: Sequence[int], contributors: list[int], today: date) -> list[int]:
    """Put aside what the people's derived spans change in each week, before they are stored; the teams that can follow.

    Those cannot whose rows are not of today, or where a pathway's first week may come or go: theirs are all counted.
    """
    values: Values = {"teams": list(teams), "contributors": contributors, "today": today}
    cursor.execute("DROP TABLE IF EXISTS pg_temp.week_changed")
    cursor.execute(CHANGED, values)
    cursor.execute(CANNOT_FOLLOW, values)
    cannot = {team_id for (team_id,) in cursor.fetchall()}
    return [team_id for team_id in teams if team_id not in cannot]


def follow(cursor: CursorWrapper, teams: Sequence[int], today: date) -> None:
    """Add to the weekly rows what `notice` has put aside; afterwards they are what `write` would have written."""
    values: Values = {"teams": list(teams), "today": today}
    cursor.execute(FOLLOW, values)
    cursor.execute(HAVE_PROSPECTS, values)
    if cursor.fetchone()[0]:
        cursor.execute(PROSPECTS, values)
