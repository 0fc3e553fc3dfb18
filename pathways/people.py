"""One person of a team as a page reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db.models import BigIntegerField, Count, Exists, Min, OuterRef, Prefetch, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from lifecycle import clock
from pathways import presence
from pathways.models import (
    Affiliation,
    CommunityRole,
    Contributor,
    ContributorEvent,
    Enrolment,
    Mentorship,
)
from pathways.models.people import Affiliated
from pathways.wording import event_words
from teams.models import Team

#: How many of the last entries of a person's log a page shows.
EVENTS = 50


@dataclass(frozen=True)
class Name:
    """A name, address or account under which somebody came in, from how many of a team's sources, and since when.

    `identity` is the first of them.
    """

    name: str
    email: str
    username: str
    sources: int
    since: datetime
    identity: int


@dataclass(frozen=True)
class Entry:
    """An entry of a person's log, in words; `can_be_undone` is a merge that nobody has taken back."""

    event: ContributorEvent
    words: str
    can_be_undone: bool


@dataclass(frozen=True)
class Person:
    """One person, as far as a team may know them."""

    contributor: Contributor
    affiliation: str
    names: Sequence[Name]
    affiliations: Sequence[Affiliation]
    roles: Sequence[CommunityRole]
    enrolments: Sequence[Enrolment]
    mentors: Sequence[Mentorship]
    events: Sequence["Entry"]


def person_of(contributor: Contributor, team: Team) -> Person:
    """What a team may know of one of its people: what others wrote down for other teams is left out."""
    today = clock.today()
    affiliations = sorted(contributor.affiliations.all(), key=attrgetter("from_on", "pk"), reverse=True)
    now = [each for each in affiliations if each.from_on <= today and (each.until_on is None or each.until_on > today)]
    enrolments = contributor.enrolments.filter(pathway__team=team).select_related("pathway__team")
    mentors = Mentorship.objects.filter(mentee=contributor, role__team=team).select_related("role__contributor")
    roles = contributor.roles.filter(team=team).select_related("confirmed_by").order_by("-from_on", "-pk")
    with_mentees = Prefetch("mentorships", Mentorship.objects.select_related("mentee"))
    names = presence.known_identities(team).filter(contributor=contributor).values("name", "email", "username")
    names = names.annotate(sources=Count("pk"), since=Min("seen_at"), identity=Min("pk"))
    of_here = Q(detail__team=team.slug) | Q(detail__team__isnull=True)
    undoes = Cast(KT("detail__event"), BigIntegerField())
    unmerged = contributor.events.filter(action="unmerge").alias(undoes=undoes).filter(undoes=OuterRef("pk"))
    events = contributor.events.filter(of_here).select_related("actor").annotate(undone=Exists(unmerged))
    return Person(
        contributor=contributor,
        affiliation=str(Affiliated(now[0].kind).label) if now else "",
        names=[Name(**row) for row in names.order_by("since", "name")],
        affiliations=affiliations,
        roles=list(roles.prefetch_related(with_mentees)),
        enrolments=list(enrolments),
        mentors=list(mentors),
        events=[
            Entry(event, event_words(event), event.action == "merge" and not event.undone)
            for event in events.order_by("-pk")[:EVENTS]
        ],
    )
