"""What the iterations of a team's pathways tell for its case study."""

from pathways.models import Iteration
from teams.case_studies.lessons import Change, tells
from teams.models import Team


@tells
def iterations(team: Team) -> list[Change]:
    """Each recorded iteration, with the name of its pathway. One query."""
    rows = Iteration.objects.filter(pathway__team=team).select_related("pathway").order_by("on", "pk")
    return [Change(each.on, each.pathway.name, each.what, each.why, each.before, each.after) for each in rows]
