"""Case studies written here, version by version; links to them that show one day's figures; a badge for all to see."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from teams.triggers import append_only

# A case study is made of its own team's words. Of a link nothing changes but its end, and that once.
GUARDS = """
ALTER TABLE teams_casestudytext ADD CONSTRAINT case_study_text_of_team UNIQUE (id, team_id);
ALTER TABLE teams_casestudy ADD CONSTRAINT case_study_text_is_the_teams
    FOREIGN KEY (text_id, team_id) REFERENCES teams_casestudytext (id, team_id) DEFERRABLE INITIALLY DEFERRED;
CREATE TRIGGER teams_casestudylink_frozen BEFORE UPDATE ON teams_casestudylink FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL OR (OLD.case_study_id, OLD.key, OLD.day, OLD.record, OLD.made_by_id, OLD.made_at)
          IS DISTINCT FROM (NEW.case_study_id, NEW.key, NEW.day, NEW.record, NEW.made_by_id, NEW.made_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER teams_casestudylink_kept BEFORE DELETE OR TRUNCATE ON teams_casestudylink
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0011_signal'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseStudyLink',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=43, unique=True)),
                ('day', models.DateField(verbose_name='figures as of')),
                ('record', models.JSONField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['case_study', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CaseStudyText',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('sections', models.JSONField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['team', '-seq'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='casestudy',
            name='case_study_titled_and_linked',
        ),
        migrations.AddField(
            model_name='casestudy',
            name='withdrawn_because',
            field=models.TextField(blank=True, max_length=1000, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='team',
            name='has_public_badge',
            field=models.BooleanField(db_default=False, default=False, help_text='Whoever knows the address may see the stage.', verbose_name='public badge'),
        ),
        migrations.AlterField(
            model_name='casestudy',
            name='url',
            field=models.URLField(blank=True, max_length=500, verbose_name='link'),
        ),
        migrations.AddField(
            model_name='casestudylink',
            name='case_study',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='teams.casestudy'),
        ),
        migrations.AddField(
            model_name='casestudylink',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casestudylink',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casestudytext',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casestudytext',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='case_study_texts', to='teams.team'),
        ),
        migrations.AddField(
            model_name='casestudy',
            name='text',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='teams.casestudytext'),
        ),
        migrations.AddConstraint(
            model_name='casestudy',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='case_study_titled'),
        ),
        migrations.AddConstraint(
            model_name='casestudy',
            constraint=models.CheckConstraint(condition=models.Q(('url', ''), ('text__isnull', True), _connector='XOR'), name='case_study_written_here_or_elsewhere'),
        ),
        migrations.AddConstraint(
            model_name='casestudy',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_because', ''), ('withdrawn_on__isnull', False), _connector='OR'), name='case_study_reason_if_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='casestudylink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='case_study_link_ended_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='casestudytext',
            constraint=models.UniqueConstraint(fields=('team', 'seq'), name='case_study_text_seq_once'),
        ),
        migrations.AddConstraint(
            model_name='casestudytext',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='case_study_text_titled'),
        ),
        migrations.RunSQL(append_only('teams_casestudytext'), migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
