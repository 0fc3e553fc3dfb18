"""Pairs of contributors who may be one person; an identity that tells an address and an account has two keys."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pathways', '0004_erasure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Likeness',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reasons', models.JSONField(default=list)),
                ('confidence', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('state', models.CharField(choices=[('open', 'open'), ('accepted', 'accepted'), ('rejected', 'rejected')], db_default='open', default='open', max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('found_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name_plural': 'likenesses',
                'ordering': ['-confidence', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='identity',
            name='identity_erased_says_nothing',
        ),
        migrations.AddField(
            model_name='identity',
            name='account_key',
            field=models.CharField(editable=False, max_length=330, null=True),
        ),
        migrations.AddIndex(
            model_name='identity',
            index=models.Index(condition=models.Q(('account_key__isnull', False)), fields=['account_key', 'id'], name='identity_account'),
        ),
        migrations.AddConstraint(
            model_name='identity',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at', None), models.Q(('email__regex', '^(@[a-z0-9.-]+)?$'), ('join_key__startswith', 'erased:'), ('name', ''), ('username', ''), models.Q(('account_key', None), ('account_key__startswith', 'erased:'), _connector='OR')), _connector='OR'), name='identity_erased_says_nothing'),
        ),
        migrations.AddField(
            model_name='likeness',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='likeness',
            name='one',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pathways.contributor'),
        ),
        migrations.AddField(
            model_name='likeness',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pathways.contributor'),
        ),
        migrations.AddIndex(
            model_name='likeness',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['-confidence', 'id'], name='likeness_open'),
        ),
        migrations.AddConstraint(
            model_name='likeness',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Least('one', 'other'), django.db.models.functions.comparison.Greatest('one', 'other'), name='likeness_once'),
        ),
        migrations.AddConstraint(
            model_name='likeness',
            constraint=models.CheckConstraint(condition=models.Q(('one', models.F('other')), _negated=True), name='likeness_of_two'),
        ),
        migrations.AddConstraint(
            model_name='likeness',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__lte', 100)), name='likeness_confidence'),
        ),
        migrations.AddConstraint(
            model_name='likeness',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='likeness_decided_when'),
        ),
    ]
