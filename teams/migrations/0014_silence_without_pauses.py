"""Silence does not count the days of a pause: no column changes, only what one says of itself."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0013_introduced'),
    ]

    operations = [
        migrations.AlterField(
            model_name='glance',
            name='silent_since',
            field=models.DateField(help_text='The last check-in, else the day of entry; later by the days of pauses.'),
        ),
    ]
