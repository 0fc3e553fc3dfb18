import django.db.models.deletion
from django.db import migrations, models

# The first column of a unique key: that key's index finds the same rows.


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0010_changes_on'),
        ('pathways', '0008_covered_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='source',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='metrics.source'),
        ),
        migrations.AlterField(
            model_name='source',
            name='pathway',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sources', to='pathways.pathway', verbose_name='pathway'),
        ),
    ]
