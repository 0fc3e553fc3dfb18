"""What the database itself guarantees: history cannot be rewritten, and nobody can forget a team's versions."""

from django.db import migrations

from teams.triggers import append_only, bump

FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- Something that a gate reads live (milestones, waivers) has changed: the version moves, the measures stay good.
-- The teams are locked in id order first, so that two statements over many teams cannot deadlock.
CREATE FUNCTION bump_gate(changed integer[]) RETURNS void LANGUAGE sql AS $$
    WITH locked AS (SELECT id FROM teams_team WHERE id = ANY(changed) ORDER BY id FOR NO KEY UPDATE)
    UPDATE teams_team SET data_version = data_version + 1 FROM locked WHERE teams_team.id = locked.id;
$$;

-- Something that the measures count has changed: they are behind until the job asked for here has counted again.
-- No change is lost between two runs: a running job holds the team's lock from before its first read, and the
-- job asked for is a new row unless one is still queued.
CREATE FUNCTION bump_facts(changed integer[]) RETURNS void LANGUAGE sql AS $$
    WITH locked AS (SELECT id FROM teams_team WHERE id = ANY(changed) ORDER BY id FOR NO KEY UPDATE)
    UPDATE teams_team SET data_version = data_version + 1, facts_version = data_version + 1
    FROM locked WHERE teams_team.id = locked.id;
    INSERT INTO lifecycle_job (kind, key)
        SELECT 'recount', id::text FROM teams_team WHERE id = ANY(changed) ORDER BY id
        ON CONFLICT (kind, key) WHERE state = 'queued' DO NOTHING;
    SELECT pg_notify('lifecycle_job', '') WHERE cardinality(changed) > 0;
$$;

-- A team's own row: its stage and state. The guard keeps the versions' own update from calling it for ever.
CREATE FUNCTION team_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bump_facts(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER teams_team_moved AFTER UPDATE OF stage_id, entered_on, state ON teams_team FOR EACH ROW
    WHEN (OLD.stage_id <> NEW.stage_id OR OLD.entered_on <> NEW.entered_on OR OLD.state <> NEW.state)
    EXECUTE FUNCTION team_moved();
CREATE TRIGGER teams_team_founded AFTER INSERT ON teams_team FOR EACH ROW EXECUTE FUNCTION team_moved();
"""

# The waterfall adds up between any two weeks: previous + converted + returned - lapsed = now, at each level. A row is
# held against the week before it, and against the one after it where that was written earlier.
WATERFALL = """
CREATE FUNCTION weekly_count_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    SELECT format('team %s, pathway %s, %s, week to %s', now.team_id, now.pathway_id, now.population, now.week)
      INTO wrong
      FROM (
        SELECT n.* FROM new_rows n
        UNION SELECT later.* FROM new_rows n JOIN teams_weeklycount later
           ON (later.team_id, later.pathway_id, later.population, later.week)
              = (n.team_id, n.pathway_id, n.population, n.week + 7)
      ) AS now
      LEFT JOIN teams_weeklycount before
        ON (before.team_id, before.pathway_id, before.population, before.week)
           = (now.team_id, now.pathway_id, now.population, now.week - 7)
     WHERE (now.casual, now.active, now.core) <> (
           COALESCE(before.casual, 0) + now.casual_converted + now.casual_returned - now.casual_lapsed,
           COALESCE(before.active, 0) + now.active_converted + now.active_returned - now.active_lapsed,
           COALESCE(before.core, 0) + now.core_converted + now.core_returned - now.core_lapsed)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the waterfall does not add up: %', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER weekly_count_added AFTER INSERT ON teams_weeklycount REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION weekly_count_adds_up();
CREATE TRIGGER weekly_count_changed AFTER UPDATE ON teams_weeklycount REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION weekly_count_adds_up();
"""

OF_STAGE = "SELECT t.id FROM teams_team t JOIN rows ON rows.stage_id = t.stage_id"


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial"), ("lifecycle", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(WATERFALL, migrations.RunSQL.noop),
        migrations.RunSQL(append_only("teams_milestoneevent"), migrations.RunSQL.noop),
        migrations.RunSQL(append_only("teams_promotion"), migrations.RunSQL.noop),
        *(
            migrations.RunSQL(bump(table, function="bump_gate"), migrations.RunSQL.noop)
            for table in ("teams_milestoneevent", "teams_waiver", "teams_confirmation", "teams_promotionrequest")
        ),
        # Definitions: every team that stands in the stage.
        *(
            migrations.RunSQL(bump(table, function="bump_gate", teams=OF_STAGE), migrations.RunSQL.noop)
            for table in ("lifecycle_milestone",)
        ),
        # A criterion may ask for a window that nobody has counted yet.
        migrations.RunSQL(bump("lifecycle_criterion", teams=OF_STAGE), migrations.RunSQL.noop),
        *(
            migrations.RunSQL(bump(table), migrations.RunSQL.noop)
            for table in ("teams_membership", "teams_checkin")
        ),
    ]
