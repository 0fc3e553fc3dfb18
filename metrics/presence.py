"""Who contributes to a team takes part in it, whether the contribution counts or not."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from metrics.models import Contribution, Source
from pathways import presence
from pathways.models import Pathway
from teams.models import Team


@presence.way
def contributes(teams: Collection[int]) -> "QuerySet[Any]":
    """Has a contribution in the team's pathways; naming those lets the track's index find one person."""
    pathways = Pathway.objects.filter(team__any=teams)
    return Contribution.objects.filter(team__any=teams, pathway__in=pathways.values("pk")).annotate(here=F("team_id"))


@presence.known
def imported(team: Team) -> Q:
    """Came by one of the team's sources, switched off or not; or has a contribution, where it came in by a realm."""
    streams = [source.identity_source for source in Source.objects.filter(team=team)]
    return Q(source__in=streams) | Q(Exists(Contribution.objects.filter(team=team, identity=OuterRef("pk"))))
