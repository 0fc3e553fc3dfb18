

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('teams', '0012_case_study_text'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='introduced',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), blank=True, db_default=[], default=list, editable=False, size=None),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('introduced__contained_by', ['viewer', 'activator', 'partner'])), name='user_introduced'),
        ),
    ]
