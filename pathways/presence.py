"""Who takes part in a team. A person is shown to a team, and may be changed by it, only if they do.

The ways to take part that this app knows are here: enrolled, given a role. An app above adds its own in a module
`presence` (contributions), which is imported when Django is ready.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from pathways.models import CommunityRole, Contributor, Enrolment, Steward
from teams.models import Team

#: The source of an identity that somebody typed, before the team's number.
BY_WORD = "word"
#: Of a team, a query for the ids of contributors.
Way = Callable[[Team], "QuerySet[Any, int]"]
_ways: list[Way] = []
#: Of a team, the names that identities give to its own sources.
Streams = Callable[[Team], Iterable[str]]
_streams: list[Streams] = []


def way(told: Way) -> Way:
    """Adds a way to take part."""
    if told not in _ways:
        _ways.append(told)
    return told


def streams(told: Streams) -> Streams:
    """Adds sources through which people come in to a team."""
    if told not in _streams:
        _streams.append(told)
    return told


@streams
def by_word(team: Team) -> list[str]:
    """People of the team typed them."""
    return [f"{BY_WORD}:{team.pk}"]


def streams_of(team: Team) -> list[str]:
    """The sources of a team, as identities name them: a team may see what came in through its own, and no more."""
    return [name for told in _streams for name in told(team)]


@way
def enrolled(team: Team) -> "QuerySet[Any, int]":
    """Enrolled in one of the team's pathways."""
    return Enrolment.objects.filter(pathway__team=team).values_list("contributor_id", flat=True)


@way
def in_a_role(team: Team) -> "QuerySet[Any, int]":
    """Holds or held a role in the team's community."""
    return CommunityRole.objects.filter(team=team).values_list("contributor_id", flat=True)


@way
def stewarding(team: Team) -> "QuerySet[Any, int]":
    """Looks or looked after one of the team's pathways."""
    stewards = Steward.objects.filter(pathway__team=team, contributor__isnull=False)
    return stewards.values_list("contributor_id", flat=True)


def of_team(team: Team) -> QuerySet[Contributor]:
    """Everybody who takes part in a team."""
    takes_part = Q(pk__in=[])
    for told in _ways:
        takes_part |= Q(pk__in=told(team))
    return Contributor.objects.filter(takes_part)


def takes_part(contributor: Contributor, team: Team) -> bool:
    """Whether one person takes part in a team."""
    return any(told(team).filter(contributor_id=contributor.pk).exists() for told in _ways)


def among(team: Team, contributors: Collection[int]) -> set[int]:
    """Those of some people who take part in a team."""
    return (
        {pk for told in _ways for pk in told(team).filter(contributor_id__in=contributors)} if contributors else set()
    )
