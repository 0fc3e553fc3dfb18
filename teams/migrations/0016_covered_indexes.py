import django.db.models.deletion
from django.db import migrations, models

# The first column of a unique key: that key's index finds the same rows.


class Migration(migrations.Migration):

    dependencies = [
        ('teams', '0015_second_factor_rule'),
    ]

    operations = [
        migrations.AlterField(
            model_name='casestudytext',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='case_study_texts', to='teams.team'),
        ),
        migrations.AlterField(
            model_name='confirmation',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='teams.team'),
        ),
        migrations.AlterField(
            model_name='measurement',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='measurements', to='teams.team'),
        ),
        migrations.AlterField(
            model_name='milestoneevent',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='milestone_events', to='teams.team'),
        ),
        migrations.AlterField(
            model_name='promotion',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='promotions', to='teams.team'),
        ),
    ]
