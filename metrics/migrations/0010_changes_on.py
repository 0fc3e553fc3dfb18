from django.db import migrations, models

# A team counted before this: the borders of its spans are told to its row, as its next count will tell them.
BORDERS = """
UPDATE metrics_counted c SET changes_on = least(changes_on, border.day)
  FROM (SELECT c.team_id, min(day) AS day
          FROM metrics_counted c JOIN metrics_span s USING (team_id)
         CROSS JOIN LATERAL (VALUES (s.from_on), (s.until_on)) AS one (day)
         WHERE day > c.counted_on GROUP BY c.team_id) AS border
 WHERE border.team_id = c.team_id
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0008_counted")]
    operations = [
        migrations.RunSQL(BORDERS, migrations.RunSQL.noop),
        migrations.RemoveIndex("span", "span_starts"),
        migrations.RemoveIndex("span", "span_lapses"),
        migrations.AddIndex("span", models.Index(fields=["team_id", "until_on"], name="span_ends")),
    ]
