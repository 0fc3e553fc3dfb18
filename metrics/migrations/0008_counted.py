import django.db.models.deletion
from django.db import migrations, models

# What was counted before is kept as it would have been; the day of a count is the latest as-of of its measurements.
BEFORE = """
INSERT INTO metrics_counted (team_id, counted_on, changes_on)
SELECT team_id, last, least(last - extract(isodow FROM last)::int + 8,
                            (SELECT min(valid_until) + 1 FROM teams_measurement m
                              WHERE m.team_id = one.team_id AND valid_until >= last))
  FROM (SELECT team_id, max(as_of) AS last FROM teams_measurement GROUP BY team_id) one
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0007_withdrawn"), ("teams", "0005_adoption")]
    operations = [
        migrations.CreateModel(
            name="Counted",
            fields=[
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="teams.team",
                    ),
                ),
                ("counted_on", models.DateField()),
                ("changes_on", models.DateField()),
            ],
            options={
                "verbose_name_plural": "counted",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("changes_on__gt", models.F("counted_on"))), name="counted_changes_later"
                    )
                ],
            },
        ),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
