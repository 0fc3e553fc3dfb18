"""Secrets of webhooks are sealed: who reads the database alone signs no delivery."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from metrics.hooks import sealed


def seal_all(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Each that there is, under today's SECRET_KEY."""
    for each in apps.get_model("metrics", "HookSecret").objects.all():
        each.sealed = sealed(each.sealed)
        each.save(update_fields=["sealed"])


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0011_covered_indexes'),
    ]

    operations = [
        migrations.RemoveConstraint('hooksecret', 'hook_secret_long'),
        migrations.RenameField('hooksecret', 'secret', 'sealed'),
        migrations.AlterField('hooksecret', 'sealed', models.CharField(max_length=300)),
        migrations.RunPython(seal_all, migrations.RunPython.noop),
        migrations.AddConstraint(
            'hooksecret',
            models.CheckConstraint(
                condition=models.Q(('sealed__regex', '^gAAAA[A-Za-z0-9_-]{95,}=*$')), name='hook_secret_sealed'
            ),
        ),
    ]
