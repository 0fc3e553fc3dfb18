"""Who contributes to a team takes part in it, whether the contribution counts or not."""

from typing import Any

from django.db.models import QuerySet

from metrics.models import Contribution, Source
from pathways import presence
from teams.models import Team


@presence.way
def contributes(team: Team) -> "QuerySet[Any, int]":
    """Has a contribution in the team's pathways; naming those lets the track's index find one person."""
    return Contribution.objects.filter(team=team, pathway__in=team.pathways.values("pk")).values_list(
        "contributor_id", flat=True
    )


@presence.streams
def imported(team: Team) -> list[str]:
    """The sources of contributions, also those that are switched off."""
    return [source.identity_source for source in Source.objects.filter(team=team)]
