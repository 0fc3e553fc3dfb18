"""Who answered a newcomer. Nothing in the data says it, so a person notes it, once and for good.

Somebody counts as answered when a person of the team has noted an answer, or while a mentor of the team looks after
them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.prepared import written
from pathways.contributors import log
from pathways.models import Contributor, ContributorEvent, Mentorship
from pathways.rights import knowing
from teams.models import Team, User
from teams.refusals import Conflict

ANSWERED = "answered"


@dataclass(frozen=True)
class Answer:
    """Who answered somebody, when and how; a mentor's has no moment but the first day of the mentorship."""

    by: str
    at: datetime | None
    note: str
    is_mentor: bool = False


def note_answer(contributor: Contributor, *, actor: User, team: Team, note: str = "") -> ContributorEvent:
    """Notes that a person was answered. Raises PermissionDenied, Busy, and Conflict if it has been noted already."""
    with knowing(team, actor, contributor):
        there = _noted.first(team.slug, [contributor.pk])
        if there is not None:
            words = {"person": contributor, "who": there.actor}
            raise Conflict(_("%(who)s has answered %(person)s already.") % words, there)
        return log(contributor, ANSWERED, actor=actor, team=team, note=note.strip())


def answers_of(team: Team, contributors: Collection[int]) -> dict[int, Answer]:
    """Who of some people is answered, and by whom; a noted answer is told before a mentor. At most two queries."""
    if not contributors:
        return {}
    found = {
        each.mentee_id: Answer(each.role.contributor.name, None, "", is_mentor=True)
        for each in _mentored(team, contributors, clock.today())
    }
    for event in _noted(team.slug, contributors):
        found[event.contributor_id] = Answer(str(event.actor), event.at, event.detail.get("note", ""))
    return found


@written
def _mentored(team: Team, contributors: Collection[int], today: date) -> QuerySet[Mentorship]:
    runs = Q(until_on__isnull=True) | Q(until_on__gt=today)
    mentored = Mentorship.objects.filter(runs, role__team=team, mentee__any=contributors, from_on__lte=today)
    return mentored.select_related("role__contributor").order_by("-from_on", "-pk")


@written
def _noted(slug: str, contributors: Collection[int]) -> QuerySet[ContributorEvent]:
    noted = ContributorEvent.objects.filter(action=ANSWERED, contributor__any=contributors)
    noted = noted.alias(of=KT("detail__team")).filter(of=slug)
    return noted.select_related("actor").order_by("-pk")
