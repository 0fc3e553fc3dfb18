"""A conversion point tells since when it is in force; of those that there are nobody knows it."""

from django.db import migrations, models

import lifecycle.clock


class Migration(migrations.Migration):
    dependencies = [("pathways", "0006_keys")]
    operations = [
        migrations.AddField(
            model_name="conversionpoint",
            name="since",
            field=models.DateField(editable=False, null=True, verbose_name="in force since"),
        ),
        migrations.AlterField(
            model_name="conversionpoint",
            name="since",
            field=models.DateField(
                default=lifecycle.clock.today, editable=False, null=True, verbose_name="in force since"
            ),
        ),
    ]
