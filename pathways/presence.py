"""Who takes part in a team. A person is shown to a team, and may be changed by it, only if they do.

The ways to take part that this app knows are here: enrolled, given a role. An app above adds its own in a module
`presence` (contributions), which is imported when Django is ready. The same holds for what of a person a team knows:
the identities that came in through its own sources, and no others.
"""

import functools
import operator
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from pathways.models import CommunityRole, Contributor, Enrolment, Identity, Steward
from teams.models import Team

#: The source of an identity that somebody typed, before the team's number.
BY_WORD = "word"
#: Of some teams by their ids, a query whose rows have a `contributor_id`, and as `here` the id of the team.
Way = Callable[[Collection[int]], "QuerySet[Any]"]
_ways: list[Way] = []
#: Of a team, a condition on identities: they came in to it.
Known = Callable[[Team], Q]
_known: list[Known] = []


def way(told: Way) -> Way:
    """Adds a way to take part."""
    if told not in _ways:
        _ways.append(told)
    return told


def known(told: Known) -> Known:
    """Adds a way in which identities come in to a team."""
    if told not in _known:
        _known.append(told)
    return told


@known
def by_word(team: Team) -> Q:
    """People of the team typed them."""
    return Q(source=f"{BY_WORD}:{team.pk}")


def known_identities(team: Team) -> QuerySet[Identity]:
    """The identities that a team may see."""
    return Identity.objects.filter(functools.reduce(operator.or_, (told(team) for told in _known)), erased_at=None)


@way
def enrolled(teams: Collection[int]) -> "QuerySet[Any]":
    """Enrolled in one of the team's pathways."""
    return Enrolment.objects.filter(pathway__team__any=teams).annotate(here=F("pathway__team_id"))


@way
def in_a_role(teams: Collection[int]) -> "QuerySet[Any]":
    """Holds or held a role in the team's community."""
    return CommunityRole.objects.filter(team__any=teams).annotate(here=F("team_id"))


@way
def stewarding(teams: Collection[int]) -> "QuerySet[Any]":
    """Looks or looked after one of the team's pathways."""
    stewards = Steward.objects.filter(pathway__team__any=teams, contributor__isnull=False)
    return stewards.annotate(here=F("pathway__team_id"))


def of_team(team: Team) -> QuerySet[Contributor]:
    """Everybody who takes part in a team. Their ids are found first: nobody else of the organisation is read."""
    ways = [told([team.pk]).order_by().values("contributor_id") for told in _ways]
    return Contributor.objects.filter(pk__in=ways[0].union(*ways[1:]))


def takes_part(contributor: Contributor, team: Team) -> bool:
    """Whether one person takes part in a team. One query, for all ways."""
    return Contributor.objects.filter(takes_part_at("pk", team), pk=contributor.pk).exists()


def one_of(team: Team, pk: int) -> Contributor:
    """One person who takes part in a team. Raises Http404 for a stranger as for nobody. One query."""
    return get_object_or_404(Contributor.objects.filter(takes_part_at("pk", team)), pk=pk)


def takes_part_at(field: str, team: Team) -> Q:
    """A condition on rows that point to a contributor: this one takes part in the team."""
    ways = (Q(Exists(told([team.pk]).filter(contributor_id=OuterRef(field)))) for told in _ways)
    return functools.reduce(operator.or_, ways)


def among(people: Mapping[int, Collection[int]]) -> dict[int, set[int]]:
    """By the ids of teams: those of the people named who take part in the team."""
    teams = [team_id for team_id, named in people.items() if named]
    everybody = {person for named in people.values() for person in named}
    found: dict[int, set[int]] = {team_id: set() for team_id in people}
    for told in _ways if everybody else ():
        rows = told(teams).filter(contributor_id__in=everybody).order_by()
        for team_id, person in rows.values_list("here", "contributor_id").distinct():
            found[team_id] |= {person} & set(people[team_id])
    return found
