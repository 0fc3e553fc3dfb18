"""Days that pass: which teams' numbers change with one, without any write since they were last counted."""

from datetime import date, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from pathways.models import Level

# Three looks a team, each at the first row of an index: whatever ends next, what is true only up to a day, and, in each
# pathway and at each level, who begins later than today, as by a role that is dated ahead.
COUNTED = """
INSERT INTO metrics_counted (team_id, counted_on, changes_on)
SELECT one.team_id, %(today)s, least(
           %(monday)s,
           (SELECT min(valid_until) + 1 FROM teams_measurement m
             WHERE m.team_id = one.team_id AND valid_until >= %(today)s),
           (SELECT min(until_on) FROM metrics_span s WHERE s.team_id = one.team_id AND until_on > %(today)s),
           (SELECT min(next.from_on)
              FROM (SELECT 0 AS id UNION ALL SELECT id FROM pathways_pathway WHERE team_id = one.team_id) AS pathway
             CROSS JOIN unnest(%(levels)s::int[]) AS of (level)
             CROSS JOIN LATERAL (
                   SELECT min(from_on) AS from_on FROM metrics_span s
                    WHERE (s.team_id, s.pathway_id, s.level) = (one.team_id, pathway.id, of.level)
                      AND from_on > %(today)s) AS next))
  FROM unnest(%(teams)s::int[]) AS one (team_id)
ON CONFLICT (team_id) DO UPDATE SET counted_on = excluded.counted_on, changes_on = excluded.changes_on
"""

DUE = """
SELECT t.id FROM teams_team t LEFT JOIN metrics_counted c ON c.team_id = t.id
 WHERE c.team_id IS NULL OR c.changes_on <= %(today)s
 ORDER BY t.id
"""


def counted(cursor: CursorWrapper, team_ids: list[int], today: date) -> None:
    """Keep that teams were counted on this day, once spans and measurements stand: the end of their recount."""
    monday = today + timedelta(days=7 - today.weekday())
    cursor.execute(COUNTED, {"teams": team_ids, "today": today, "monday": monday, "levels": Level.values})


def teams(today: date) -> list[int]:
    """Ids of the teams whose numbers change with the day, without any write since they were last counted.

    A span begins or ends, a week is over, or a value was true only up to a day that has passed. A team that was
    never counted is due as well.
    """
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"today": today})
        return [team_id for (team_id,) in cursor.fetchall()]
