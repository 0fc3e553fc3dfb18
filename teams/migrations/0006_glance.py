"""What a team looks like at a glance, and the version that says of which state of the team it is true."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from teams.triggers import bump

FUNCTIONS = """
-- Whatever changes in a team's row, its other versions among it, moves this one: to the moment, and always upwards.
CREATE FUNCTION team_glanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.glance_version = greatest(OLD.glance_version + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    RETURN NEW;
END $$;
CREATE TRIGGER teams_team_glanced BEFORE UPDATE ON teams_team FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION team_glanced();

-- Something has changed that the portfolio shows and no gate depends on, or whose change moves no other version.
CREATE FUNCTION bump_glance(changed integer[]) RETURNS void LANGUAGE sql AS $$
    WITH locked AS (SELECT id FROM teams_team WHERE id = ANY(changed) ORDER BY id FOR NO KEY UPDATE)
    UPDATE teams_team SET glance_version = glance_version + 1 FROM locked WHERE teams_team.id = locked.id;
$$;
"""
OF_STAGE = "SELECT t.id FROM teams_team t JOIN rows ON rows.id = t.stage_id"


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0005_adoption'),
    ]

    operations = [
        migrations.AddField(
            model_name='team',
            name='glance_version',
            field=models.BigIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.CreateModel(
            name='Glance',
            fields=[
                ('pk', models.CompositePrimaryKey('team', 'language', blank=True, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=10)),
                ('version', models.BigIntegerField()),
                ('day', models.DateField()),
                ('release', models.CharField(max_length=16)),
                ('name_key', models.CharField(db_collation='C', help_text='The name without its case, to sort by.', max_length=240)),
                ('outcome', models.CharField(help_text='What the gate says: an Outcome.', max_length=10)),
                ('is_updating', models.BooleanField()),
                ('met', models.PositiveSmallIntegerField()),
                ('waived', models.PositiveSmallIntegerField()),
                ('in_progress', models.PositiveSmallIntegerField()),
                ('missing', models.PositiveSmallIntegerField()),
                ('unknown', models.PositiveSmallIntegerField()),
                ('lacks', models.JSONField(help_text='The conditions in the way: label, gap, lack and state of each.')),
                ('reason', models.TextField(blank=True)),
                ('is_asked', models.BooleanField(help_text='A request for promotion is open.')),
                ('mover', models.CharField(help_text='Whose move is next: a Mover.', max_length=10)),
                ('active', models.PositiveIntegerField(null=True)),
                ('change', models.IntegerField(null=True)),
                ('weeks', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), help_text='Active contributors of the weeks of twelve months.', size=None)),
                ('high_risks', models.PositiveSmallIntegerField()),
                ('overdue_risks', models.PositiveSmallIntegerField()),
                ('silent_since', models.DateField(help_text='The last check-in; the day of entry if there was none.')),
                ('complete_to', models.DateField(null=True)),
                ('valid_until', models.DateField(null=True)),
                ('promotions_90d', models.PositiveSmallIntegerField()),
                ('job', models.IntegerField(help_text='The run that counted.', null=True)),
                ('counted_at', models.DateTimeField(null=True)),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='glances', to='teams.team')),
            ],
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(bump(table, function="bump_glance"), migrations.RunSQL.noop)
            for table in ("teams_measurement", "teams_weeklycount", "teams_teamrisk", "teams_promotion")
        ),
        migrations.RunSQL(bump("lifecycle_stage", function="bump_glance", teams=OF_STAGE), migrations.RunSQL.noop),
    ]
