"""An import can be undone, a source counts some kinds only, and what was decided about them is never rewritten."""

from django.db import migrations, models

from teams.triggers import append_only

# A withdrawn act gives its key free, for what comes again from the file that was meant. The new key tells which act
# of which import it was, so nothing else can be made of one: no other change of a key is let through.
WITHDRAWN = """
DROP TRIGGER metrics_contribution_fixed ON metrics_contribution;
CREATE FUNCTION metrics_withdrawn_key(key bytea, import_id integer) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT substring(sha256(key || int4send(import_id)) FROM 1 FOR 11);
$$;
CREATE TRIGGER metrics_contribution_fixed BEFORE UPDATE ON metrics_contribution FOR EACH ROW
    WHEN ((OLD.team_id, OLD.occurred_at, OLD.pathway_id, OLD.identity_id, OLD.import_id, OLD.kind_id)
          IS DISTINCT FROM
          (NEW.team_id, NEW.occurred_at, NEW.pathway_id, NEW.identity_id, NEW.import_id, NEW.kind_id)
          OR (NEW.key <> OLD.key AND (OLD.state = 4 OR NEW.state <> 4
              OR NEW.key <> metrics_withdrawn_key(OLD.key, OLD.import_id))))
    EXECUTE FUNCTION metrics_contribution_fixed();
"""

WITHDRAWN_BACK = """
DROP TRIGGER metrics_contribution_fixed ON metrics_contribution;
DROP FUNCTION metrics_withdrawn_key(bytea, integer);
CREATE TRIGGER metrics_contribution_fixed BEFORE UPDATE ON metrics_contribution FOR EACH ROW
    WHEN ((OLD.team_id, OLD.key, OLD.occurred_at, OLD.pathway_id, OLD.identity_id, OLD.import_id, OLD.kind_id)
          IS DISTINCT FROM
          (NEW.team_id, NEW.key, NEW.occurred_at, NEW.pathway_id, NEW.identity_id, NEW.import_id, NEW.kind_id))
    EXECUTE FUNCTION metrics_contribution_fixed();
"""

# A source is switched, or counts other kinds: everybody in the pathway.
SWITCHED = """
CREATE OR REPLACE FUNCTION metrics_source_switched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM metrics_touch(ARRAY(
        SELECT (n.team_id, n.pathway_id, 0)::metrics_touched
          FROM new_rows n
          JOIN old_rows o ON o.id = n.id AND (o.enabled, o.counted_kinds) <> (n.enabled, n.counted_kinds)
    ));
    RETURN NULL;
END $$;
"""

SWITCHED_BACK = """
CREATE OR REPLACE FUNCTION metrics_source_switched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM metrics_touch(ARRAY(
        SELECT (n.team_id, n.pathway_id, 0)::metrics_touched
          FROM new_rows n JOIN old_rows o ON o.id = n.id AND o.enabled <> n.enabled
    ));
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0006_sources"), ("teams", "0002_triggers")]
    operations = [
        migrations.RemoveIndex("contribution", "contribution_uncounted"),
        migrations.AddIndex(
            "contribution",
            models.Index(
                fields=["team", "imported"], condition=models.Q(state__in=(2, 3)), name="contribution_quarantined"
            ),
        ),
        migrations.RunSQL(WITHDRAWN, WITHDRAWN_BACK),
        migrations.RunSQL(SWITCHED, SWITCHED_BACK),
        migrations.RunSQL(append_only("metrics_withdrawal"), migrations.RunSQL.noop),
        migrations.RunSQL(append_only("metrics_release"), migrations.RunSQL.noop),
    ]
