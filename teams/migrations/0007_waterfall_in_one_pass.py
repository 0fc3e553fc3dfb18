"""The waterfall is held by one pass over what a statement wrote, instead of a search for each row's neighbours.

It holds the same rows to the same sum (teams 0002). Counting every team writes half a million rows a million
contributions, and a week's neighbours are nearly always written with it.
"""

from django.db import migrations

# Neighbours that the statement did not write are looked up one by one, at a chain's ends. Scanning is turned off for
# that: a session keeps the plan it has made, and may have made it when the table was empty.
WATERFALL = """
CREATE OR REPLACE FUNCTION weekly_count_adds_up() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    wrong text;
BEGIN
    WITH chain AS (
        SELECT n.team_id, n.pathway_id, n.population, n.week, n.casual, n.active, n.core,
               n.casual_converted + n.casual_returned - n.casual_lapsed AS casual_moved,
               n.active_converted + n.active_returned - n.active_lapsed AS active_moved,
               n.core_converted + n.core_returned - n.core_lapsed AS core_moved,
               COALESCE(lag(n.week) OVER weeks = n.week - 7, false) AS follows,
               COALESCE(lead(n.week) OVER weeks = n.week + 7, false) AS is_followed,
               lag(n.casual) OVER weeks AS casual_before, lag(n.active) OVER weeks AS active_before,
               lag(n.core) OVER weeks AS core_before
          FROM new_rows n
        WINDOW weeks AS (PARTITION BY n.team_id, n.pathway_id, n.population COLLATE "C" ORDER BY n.week)
    )
    SELECT format('team %s, pathway %s, %s, week to %s', team_id, pathway_id, population, week) INTO wrong
      FROM (
        SELECT team_id, pathway_id, population, week FROM chain
         WHERE follows AND (casual, active, core) <> (
               casual_before + casual_moved, active_before + active_moved, core_before + core_moved)
        UNION ALL
        SELECT c.team_id, c.pathway_id, c.population, c.week
          FROM chain c
          LEFT JOIN LATERAL (
            SELECT w.casual, w.active, w.core FROM teams_weeklycount w
             WHERE (w.team_id, w.pathway_id, w.population, w.week)
                   = (c.team_id, c.pathway_id, c.population, c.week - 7)
             LIMIT 1) AS before ON true
         WHERE NOT c.follows AND (c.casual, c.active, c.core) <> (
               COALESCE(before.casual, 0) + c.casual_moved, COALESCE(before.active, 0) + c.active_moved,
               COALESCE(before.core, 0) + c.core_moved)
        UNION ALL
        SELECT c.team_id, c.pathway_id, c.population, c.week + 7
          FROM chain c
         CROSS JOIN LATERAL (
            SELECT w.* FROM teams_weeklycount w
             WHERE (w.team_id, w.pathway_id, w.population, w.week)
                   = (c.team_id, c.pathway_id, c.population, c.week + 7)
             LIMIT 1) AS later
         WHERE NOT c.is_followed AND (later.casual, later.active, later.core) <> (
               c.casual + later.casual_converted + later.casual_returned - later.casual_lapsed,
               c.active + later.active_converted + later.active_returned - later.active_lapsed,
               c.core + later.core_converted + later.core_returned - later.core_lapsed)
      ) AS unlike
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the waterfall does not add up: %', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("teams", "0006_glance")]
    operations = [migrations.RunSQL(WATERFALL, migrations.RunSQL.noop)]
