"""When teams were paused, went on or were retired: a trigger writes it down from now on."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from teams.triggers import append_only

FUNCTIONS = """
CREATE FUNCTION team_state_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO teams_statechange (team_id, state, "on")
    VALUES (NEW.id, NEW.state, (clock_timestamp() AT TIME ZONE 'UTC')::date);
    RETURN NULL;
END $$;
CREATE TRIGGER teams_team_state_told AFTER UPDATE OF state ON teams_team FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION team_state_told();
CREATE TRIGGER teams_team_state_told_first AFTER INSERT ON teams_team FOR EACH ROW
    WHEN (NEW.state <> 'active') EXECUTE FUNCTION team_state_told();
"""
# Nobody wrote down since when: what is known is that they are so today.
FILL = """
INSERT INTO teams_statechange (team_id, state, "on")
SELECT id, state, (clock_timestamp() AT TIME ZONE 'UTC')::date FROM teams_team WHERE state <> 'active'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0009_notification'),
    ]

    operations = [
        migrations.CreateModel(
            name='StateChange',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('active', 'active'), ('paused', 'paused'), ('retired', 'retired')], max_length=10)),
                ('on', models.DateField(verbose_name='from')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='recorded')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='state_changes', to='teams.team')),
            ],
            options={
                'ordering': ['team', 'on', 'id'],
            },
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(append_only("teams_statechange"), migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='glance',
            name='lacks',
            field=models.JSONField(help_text='The conditions in the way: key, label, gap, lack and state of each.'),
        ),
    ]
