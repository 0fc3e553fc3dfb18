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

OF_STAGE = "SELECT t.id FROM teams_team t JOIN rows ON rows.stage_id = t.stage_id"


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial"), ("lifecycle", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
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
