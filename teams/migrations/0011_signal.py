"""Signals: what the data shows that may become a risk. Once answered or over, a signal stays as it was."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# Open signals follow the data; the others are the log.
GUARD = """
CREATE TRIGGER teams_signal_is_log BEFORE UPDATE ON teams_signal FOR EACH ROW
    WHEN (OLD.state <> 'open') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER teams_signal_kept BEFORE DELETE OR TRUNCATE ON teams_signal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0003_job_good'),
        ('teams', '0010_state_change'),
    ]

    operations = [
        migrations.CreateModel(
            name='Signal',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('ticks', 'One activator does nearly all ticks'), ('no_core', 'There are no core contributors to delegate to'), ('core_lapses', 'More people lapse from core than become core'), ('one_half', 'One person holds half of the work'), ('silence', 'The CBT partner is silent')], max_length=15)),
                ('evidence', models.JSONField()),
                ('degree', models.PositiveIntegerField()),
                ('as_of', models.DateField(help_text='The day of the evidence.')),
                ('raised_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('open', 'open'), ('accepted', 'on the register'), ('dismissed', 'dismissed'), ('ended', 'over')], default='open', max_length=10)),
                ('closed_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('catalogue', models.ForeignKey(help_text='The risk it matches.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.risk')),
                ('risk', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signal', to='teams.teamrisk')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='teams.team')),
                ('who', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['team', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('team', 'kind'), name='signal_one_open'), models.CheckConstraint(condition=models.Q(('kind__in', ['ticks', 'no_core', 'core_lapses', 'one_half', 'silence'])), name='signal_kind'), models.CheckConstraint(condition=models.Q(models.Q(('answered_by', None), ('closed_at', None), ('risk', None), ('state', 'open')), models.Q(('answered_by__isnull', False), ('closed_at__isnull', False), ('risk__isnull', False), ('state', 'accepted')), models.Q(('answered_by__isnull', False), ('closed_at__isnull', False), ('risk', None), ('state', 'dismissed'), models.Q(('reason', ''), _negated=True)), models.Q(('answered_by', None), ('closed_at__isnull', False), ('risk', None), ('state', 'ended')), _connector='OR'), name='signal_answered_by_somebody')],
            },
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
