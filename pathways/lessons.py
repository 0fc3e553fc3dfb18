"""What the pathways of a team tell for its case study: their iterations, and who must not be named unasked."""

from django.db.models import QuerySet

from pathways import presence
from pathways.models import Contributor, Iteration
from teams.case_studies import names
from teams.case_studies.lessons import Change, tells
from teams.models import Team


@tells
def iterations(team: Team) -> list[Change]:
    """Each recorded iteration, with the name of its pathway. One query."""
    rows = Iteration.objects.filter(pathway__team=team).select_related("pathway").order_by("on", "pk")
    return [Change(each.on, each.pathway.name, each.what, each.why, each.before, each.after) for each in rows]


@names.tells
def people(team: Team) -> "QuerySet[Contributor, str]":
    """Whoever takes part in the team, but for programs. One query."""
    return presence.of_team(team).filter(is_bot=False, erased_at=None).values_list("name", flat=True)
