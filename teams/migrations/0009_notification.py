"""Watching, notifications, e-mail settings, comments, and what each gate said last."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# What has been said stays said: a comment may be withdrawn by leaving nothing but the fact, and in no other way changed.
COMMENTS = """
CREATE FUNCTION comment_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.check_in_id IS NOT NULL
           AND NEW.team_id IS DISTINCT FROM (SELECT team_id FROM teams_checkin WHERE id = NEW.check_in_id) THEN
            RAISE EXCEPTION 'the check-in is of another team' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
          OR (OLD.id, OLD.team_id, OLD.by_id, OLD.at, OLD.milestone_id, OLD.check_in_id)
             IS DISTINCT FROM (NEW.id, NEW.team_id, NEW.by_id, NEW.at, NEW.milestone_id, NEW.check_in_id) THEN
        RAISE EXCEPTION 'a comment is withdrawn once, and else never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER teams_comment_kept BEFORE INSERT OR UPDATE ON teams_comment FOR EACH ROW EXECUTE FUNCTION comment_kept();
CREATE TRIGGER teams_comment_stays BEFORE DELETE OR TRUNCATE ON teams_comment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0003_job_good'),
        ('teams', '0008_invitation'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailSetting',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='mail_setting', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(choices=[('daily', 'every day'), ('weekly', 'every Monday'), ('none', 'never')], default='weekly', max_length=10, verbose_name='summary of what you have not read')),
                ('at_once', models.BooleanField(default=True, verbose_name='at once, about promotions, answered waivers and changed gates')),
                ('reminders', models.BooleanField(default=True, verbose_name='a reminder when one of your teams has long been silent')),
            ],
        ),
        migrations.CreateModel(
            name='LastVerdict',
            fields=[
                ('team', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='last_verdict', serialize=False, to='teams.team')),
                ('outcome', models.CharField(blank=True, help_text='What the gate says: an Outcome.', max_length=10)),
                ('before', models.CharField(blank=True, help_text='What it said before, in the same stage.', max_length=10)),
                ('day', models.DateField()),
                ('version', models.BigIntegerField(help_text="The team's glance_version that was judged.")),
                ('stage', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.stage')),
            ],
        ),
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('pk', models.CompositePrimaryKey('team', 'user', blank=True, editable=False, primary_key=True, serialize=False)),
                ('is_on', models.BooleanField()),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='watches', to='teams.team')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='watches', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=4000, verbose_name='comment')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('check_in', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.checkin')),
                ('milestone', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lifecycle.milestone')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='teams.team')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('milestone__isnull', True), ('check_in__isnull', True), _connector='XOR'), name='comment_on_one_thing'), models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', True), ('text', ''), _connector='XOR'), name='comment_has_text_until_withdrawn')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='A Kind; its sentences are no business of the database.', max_length=20)),
                ('cause', models.CharField(max_length=60)),
                ('what', models.TextField(blank=True)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('read_at', models.DateTimeField(null=True)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.team')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['user', '-id'], name='notification_of_user'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='notification_unread')],
                'constraints': [models.UniqueConstraint(fields=('user', 'team', 'kind', 'cause'), name='notification_once'), models.CheckConstraint(condition=models.Q(('user', models.F('actor')), _negated=True), name='notification_of_others')],
            },
        ),
        migrations.RunSQL(COMMENTS, migrations.RunSQL.noop),
    ]
