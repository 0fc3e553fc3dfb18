"""Who contributes to a team takes part in it, whether the contribution counts or not."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from metrics.models import Contribution, Source
from pathways import presence
from teams.models import Team


@presence.way
def contributes(team: Team) -> "QuerySet[Any, int]":
    """Has a contribution in the team's pathways; naming those lets the track's index find one person."""
    return Contribution.objects.filter(team=team, pathway__in=team.pathways.values("pk")).values_list(
        "contributor_id", flat=True
    )


@presence.known
def imported(team: Team) -> Q:
    """Came by one of the team's sources, switched off or not; or has a contribution, where it came in by a realm."""
    streams = [source.identity_source for source in Source.objects.filter(team=team)]
    return Q(source__in=streams) | Q(Exists(Contribution.objects.filter(team=team, identity=OuterRef("pk"))))
