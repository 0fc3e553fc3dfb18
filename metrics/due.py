"""Days that pass: which teams' numbers change with one, without any write since they were last counted."""

from datetime import date, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

COUNTED = """
INSERT INTO metrics_counted (team_id, counted_on, changes_on)
SELECT one.team_id, %(today)s, least(%(monday)s, min(valid_until) + 1)
  FROM unnest(%(teams)s::int[]) AS one (team_id)
  LEFT JOIN teams_measurement m ON m.team_id = one.team_id AND valid_until >= %(today)s
 GROUP BY one.team_id
ON CONFLICT (team_id) DO UPDATE SET counted_on = excluded.counted_on, changes_on = excluded.changes_on
"""

# Of the spans, only borders since the day of the earliest count are read, by an index on each border, and of the teams
# one short row each.
DUE = """
WITH earliest AS (
    SELECT min(counted_on) AS day FROM metrics_counted WHERE changes_on > %(today)s
), border AS (
    SELECT team_id, from_on AS day FROM metrics_span
     WHERE from_on > (SELECT day FROM earliest) AND from_on <= %(today)s
    UNION ALL
    SELECT team_id, until_on FROM metrics_span
     WHERE until_on > (SELECT day FROM earliest) AND until_on <= %(today)s
)
SELECT t.id FROM teams_team t LEFT JOIN metrics_counted c ON c.team_id = t.id
 WHERE c.team_id IS NULL OR c.changes_on <= %(today)s
UNION SELECT team_id FROM border JOIN metrics_counted c USING (team_id) WHERE day > c.counted_on
ORDER BY id
"""


def counted(cursor: CursorWrapper, team_ids: list[int], today: date) -> None:
    """Keep that teams were counted on this day, once their measurements stand: part of their recount."""
    monday = today + timedelta(days=7 - today.weekday())
    cursor.execute(COUNTED, {"teams": team_ids, "today": today, "monday": monday})


def teams(today: date) -> list[int]:
    """Ids of the teams whose numbers change with the day, without any write since they were last counted.

    A span begins or ends, a week is over, or a value was true only up to a day that has passed. A team that was
    never counted is due as well.
    """
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"today": today})
        return [team_id for (team_id,) in cursor.fetchall()]
