"""Invitations by e-mail (hand-overs among them), absences, and changes of an account's address."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0007_waterfall_in_one_pass'),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='back on')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'absence',
                'verbose_name_plural': 'absences',
                'ordering': ['user', 'starts_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='absence_dates'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('user'), models.F('user'), models.Value('[]'), function='int4range', output_field=django.contrib.postgres.fields.ranges.IntegerRangeField()), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='absence_apart')],
            },
        ),
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('former', models.EmailField(max_length=254, verbose_name='former address')),
                ('email', models.EmailField(max_length=254, verbose_name='new address')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('nonce', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True, verbose_name='the former address was told')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='address_changes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['user', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', True)), fields=('user',), name='address_change_pending_once'), models.CheckConstraint(condition=models.Q(('told_at__isnull', True), ('confirmed_at__isnull', False), _connector='OR'), name='address_change_told_once_confirmed')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('role', models.CharField(choices=[('viewer', 'viewer'), ('activator', 'activator'), ('partner', 'CBT partner')], max_length=10, verbose_name='role')),
                ('is_deputy', models.BooleanField(default=False, verbose_name='deputy')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('invited_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField(verbose_name='good until')),
                ('nonce', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True, verbose_name='mailed')),
                ('state', models.CharField(choices=[('open', 'open'), ('accepted', 'accepted'), ('declined', 'declined'), ('revoked', 'revoked')], default='open', max_length=10, verbose_name='state')),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hand_overs', to='teams.membership')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='teams.team')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['team', '-id'],
                'constraints': [models.UniqueConstraint(models.F('team'), django.db.models.functions.text.Lower('email'), models.F('role'), condition=models.Q(('state', 'open')), name='invitation_open_once'), models.UniqueConstraint(condition=models.Q(('replaces__isnull', False), ('state', 'open')), fields=('replaces',), name='hand_over_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='invitation_closed_by_somebody'), models.CheckConstraint(condition=models.Q(('is_deputy', True), ('role', 'viewer'), _negated=True), name='invitation_no_deputy_viewer')],
            },
        ),
    ]
