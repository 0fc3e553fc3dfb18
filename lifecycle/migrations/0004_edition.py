"""How each definition read, from when on: triggers write it down from now on."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

FUNCTIONS = """
-- Who edits is told by the admin, for the length of its transaction (lifecycle/editions.py: edited_by).
CREATE FUNCTION definition_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO lifecycle_edition (kind, item, stage_id, "values", editor, at) VALUES (
        TG_ARGV[0], NEW.id, (to_jsonb(NEW) ->> TG_ARGV[1])::integer,
        to_jsonb(NEW) - '{id,loaded,editor_note}'::text[],
        COALESCE(current_setting('lifecycle.editor', true), ''), now());
    RETURN NULL;
END $$;
CREATE FUNCTION edition_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lifecycle_edition is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER lifecycle_edition_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lifecycle_edition
    FOR EACH STATEMENT EXECUTE FUNCTION edition_refuses();
"""
KINDS = ("stage", "milestone", "resource", "duty", "risk", "criterion")


def of_stage(kind: str) -> str:
    """The column that names the stage of a definition."""
    return "id" if kind == "stage" else "stage_id"


def written_down(kind: str) -> str:
    """SQL for the triggers of one table. What the fixtures remember of themselves is no edit."""
    call = f"EXECUTE FUNCTION definition_edited('{kind}', '{of_stage(kind)}')"
    left_out = "'{loaded,editor_note}'::text[]"
    return f"""
        CREATE TRIGGER lifecycle_{kind}_made AFTER INSERT ON lifecycle_{kind} FOR EACH ROW {call};
        CREATE TRIGGER lifecycle_{kind}_edited AFTER UPDATE ON lifecycle_{kind} FOR EACH ROW
            WHEN (to_jsonb(OLD) - {left_out} <> to_jsonb(NEW) - {left_out}) {call};
    """


def as_they_are(kind: str) -> str:
    """SQL for the first edition that is known of what there is already."""
    return f"""
        INSERT INTO lifecycle_edition (kind, item, stage_id, "values", editor, at)
        SELECT '{kind}', id, {of_stage(kind)}, to_jsonb(one) - '{{id,loaded,editor_note}}'::text[], '', now()
          FROM lifecycle_{kind} one ORDER BY id;
    """


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0003_job_good'),
    ]

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('stage', 'stage'), ('milestone', 'milestone'), ('resource', 'resource'), ('duty', 'duty'), ('risk', 'risk'), ('criterion', 'condition of the gate')], max_length=10)),
                ('item', models.IntegerField(help_text='The id of that definition.')),
                ('values', models.JSONField()),
                ('editor', models.CharField(blank=True, max_length=150)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('stage', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='lifecycle.stage')),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['stage', 'at', 'id'], name='edition_of_stage')],
            },
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        *(migrations.RunSQL(written_down(kind), migrations.RunSQL.noop) for kind in KINDS),
        *(migrations.RunSQL(as_they_are(kind), migrations.RunSQL.noop) for kind in KINDS),
    ]
