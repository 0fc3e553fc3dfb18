"""A step completed by hand brings somebody *through* a pathway, so it moves the team's versions too."""

from django.db import migrations

from teams.triggers import bump

OF_ENROLMENT = """
SELECT p.team_id FROM pathways_enrolment e JOIN rows ON rows.enrolment_id = e.id
JOIN pathways_pathway p ON p.id = e.pathway_id
"""


class Migration(migrations.Migration):
    dependencies = [("pathways", "0002_triggers")]
    operations = [
        migrations.RunSQL(bump("pathways_enrolment_completed_steps", teams=OF_ENROLMENT), migrations.RunSQL.noop)
    ]
