import django.db.models.deletion
from django.db import migrations, models

# The first column of a unique key: that key's index finds the same rows.


class Migration(migrations.Migration):

    dependencies = [
        ('pathways', '0007_point_since'),
        ('teams', '0016_covered_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='communityrole',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='community_roles', to='teams.team'),
        ),
        migrations.AlterField(
            model_name='conversionpoint',
            name='pathway',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='points', to='pathways.pathway'),
        ),
        migrations.AlterField(
            model_name='enrolment',
            name='pathway',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='pathways.pathway'),
        ),
        migrations.AlterField(
            model_name='funnellink',
            name='pathway',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='funnel_links', to='pathways.pathway'),
        ),
        migrations.AlterField(
            model_name='mentorship',
            name='role',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mentorships', to='pathways.communityrole'),
        ),
        migrations.AlterField(
            model_name='pathway',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pathways', to='teams.team'),
        ),
        migrations.AlterField(
            model_name='step',
            name='pathway',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='pathways.pathway'),
        ),
    ]
