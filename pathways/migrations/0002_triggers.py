"""Whatever a team's measures read of its pathways and people moves the team's versions."""

from django.db import migrations

from teams.triggers import append_only, bump

OF_PATHWAY = "SELECT p.team_id FROM pathways_pathway p JOIN rows ON rows.pathway_id = p.id"


class Migration(migrations.Migration):
    dependencies = [("pathways", "0001_initial"), ("teams", "0002_triggers")]
    operations = [
        migrations.RunSQL(append_only("pathways_contributorevent"), migrations.RunSQL.noop),
        *(
            migrations.RunSQL(bump(table), migrations.RunSQL.noop)
            for table in ("pathways_pathway", "pathways_communityrole")
        ),
        *(
            migrations.RunSQL(bump(table, teams=OF_PATHWAY), migrations.RunSQL.noop)
            for table in (
                "pathways_step",
                "pathways_conversionpoint",
                "pathways_steward",
                "pathways_funnellink",
                "pathways_iteration",
                "pathways_enrolment",
            )
        ),
        migrations.RunSQL(
            bump(
                "pathways_mentorship",
                teams="SELECT r.team_id FROM pathways_communityrole r JOIN rows ON rows.role_id = r.id",
            ),
            migrations.RunSQL.noop,
        ),
    ]
