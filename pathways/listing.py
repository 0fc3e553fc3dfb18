"""The list of a team's people: searched, filtered and sorted by the database, whatever their number."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, overload

from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from lifecycle.prepared import written
from pathways import presence, standing
from pathways.models import (
    Affiliation,
    AffiliationRule,
    CommunityRole,
    Contributor,
    Enrolment,
    Identity,
    Level,
    Pathway,
)
from pathways.staff import DOMAIN
from teams.models import Team

#: What the filter takes for people about whom neither a person nor a rule has said a word, and for bots.
UNCLASSIFIED: Final = "unclassified"
BOTS: Final = "bots"
#: And for people without a counted contribution.
NO_LEVEL: Final = "none"
#: So many stand on a page.
PEOPLE_A_PAGE: Final = 50
#: A name as people look it up: no difference of case.
CALLED: Final = Lower("name")
#: The orders, by the word in the address: the latest, the highest and the most come first.
SORTS: Final = {
    "name": (_("Name"), (CALLED,)),
    "level": (_("Level"), (F("level").desc(nulls_last=True), F("lapses_on").desc(nulls_last=True), CALLED)),
    "last": (_("Last contribution"), (F("last_on").desc(nulls_last=True), CALLED)),
    "acts": (_("Contributions in a year"), (F("acts").desc(), CALLED)),
}


@dataclass(frozen=True)
class Wanted:
    """Whom a reader asks for: all of it stands in the address."""

    q: str = ""
    level: str = ""
    affiliation: str = ""
    role: str = ""
    pathway: Pathway | None = None
    sort: str = "name"

    @property
    def leaves_out(self) -> bool:
        """Whether anybody is filtered away, but for bots."""
        return self != Wanted(sort=self.sort)


class People(Sequence[Any]):
    """Those whom somebody asks for, a page of them or all.

    Each has the columns of `listed`, the level in words as `held`, and as `team_roles` the roles of today. `q` is
    looked for in names, and `by_email` in addresses and accounts too, as they came in through the team's own sources.
    """

    def __init__(self, asked: standing.Counted, wanted: Wanted, *, by_email: bool = False) -> None:
        self.asked, self.wanted, self.by_email, self.today = asked, wanted, by_email, clock.today()

    @cached_property
    def every(self) -> QuerySet[Contributor]:
        """All of them, without their roles."""
        return listed(self.asked, self.wanted, self.today, by_email=self.by_email)

    def __len__(self) -> int:
        return self.every.count()

    def __iter__(self) -> Iterator[Any]:
        return iter(self[:])

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Any]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, int):
            return self[place : place + 1][0]
        is_first = not place.start and place.stop is not None and place.stop <= PEOPLE_A_PAGE
        if is_first and not self.wanted.leaves_out:
            return self._told(_first(self.asked.team, self.asked.as_of, self.today, sort=self.wanted.sort)[place])
        return self._told(self.every[place])

    def _told(self, people: Iterable[Any]) -> list[Any]:
        found = {person.pk: person for person in people}
        words: dict[int | None, str] = {level: str(level.label) for level in Level}
        words |= {None: gettext("nothing counted"), Level.CONTRIBUTOR: gettext("none now")}
        for person in found.values():
            person.held, person.team_roles = words[person.level], []
        for role in _roles(self.asked.team, list(found), self.today) if found else ():
            found[role.contributor_id].team_roles.append(role)
        return list(found.values())


@written
def _first(team: Team, as_of: date, today: date, *, sort: str) -> QuerySet[Contributor]:
    """The page that is read most: the first of everybody."""
    return listed(standing.Counted(team, as_of), Wanted(sort=sort), today)[:PEOPLE_A_PAGE]


@written
def _roles(team: Team, people: Iterable[int], today: date) -> QuerySet[CommunityRole]:
    return _running(team, today).filter(contributor__any=people)


def listed(asked: standing.Counted, wanted: Wanted, today: date, *, by_email: bool = False) -> QuerySet[Contributor]:
    """The people who take part in a team, with the columns of `standing`, and `word`, `rule` and `said` of today."""
    people = presence.of_team(asked.team).filter(is_bot=wanted.affiliation == BOTS)
    people = _called(people, asked.team, wanted.q.strip(), by_email=by_email)
    people = standing.with_columns(_affiliated(people, today), asked)
    if wanted.pathway:
        enrolled = Enrolment.objects.filter(pathway=wanted.pathway, contributor=OuterRef("pk"))
        people = people.filter(Q(first_on__isnull=False) | Exists(enrolled))
    if wanted.level:
        people = people.filter(Q(level=None if wanted.level == NO_LEVEL else Level[wanted.level.upper()]))
    if wanted.affiliation not in ("", BOTS):
        people = people.filter(Q(said=None if wanted.affiliation == UNCLASSIFIED else wanted.affiliation))
    if wanted.role:
        people = people.filter(Exists(_running(asked.team, today).filter(role=wanted.role, contributor=OuterRef("pk"))))
    _label, order = SORTS.get(wanted.sort, SORTS["name"])
    return people.order_by(*order, "pk")


def numbers_of(team: Team) -> tuple[int, int]:
    """How many take part in a team, bots aside, and about how many of them nobody has said a word. One query."""
    return _numbers.first(team, clock.today()) or (0, 0)


@written
def _numbers(team: Team, today: date) -> QuerySet[Contributor, tuple[int, int]]:
    people = _affiliated(presence.of_team(team).filter(is_bot=False), today).order_by().values("is_bot")
    told = people.annotate(people=Count("pk"), unclassified=Count("pk", filter=Q(said=None)))
    return told.values_list("people", "unclassified")


def _called(people: QuerySet[Contributor], team: Team, q: str, *, by_email: bool) -> QuerySet[Contributor]:
    if not q:
        return people
    looked_for = Q(name__icontains=q)
    if by_email:
        looked_for |= Q(email__icontains=q) | Q(username__icontains=q)
    known_here = presence.known_identities(team).filter(looked_for, contributor=OuterRef("pk"))
    return people.filter(Q(name__icontains=q) | Exists(known_here))


def _affiliated(people: QuerySet[Contributor], today: date) -> QuerySet[Contributor]:
    """With `word`, what somebody has said; `rule`, what an e-mail domain tells; and `said`, the one that holds."""
    words = Affiliation.objects.filter(_on(today), contributor=OuterRef("pk"), from_on__lte=today)
    theirs = Identity.objects.filter(contributor=OuterRef(OuterRef("pk")))
    theirs = theirs.alias(domain=Func(F("email"), template=DOMAIN, output_field=TextField()))
    rules = AffiliationRule.objects.filter(_on(today), Q(from_on=None) | Q(from_on__lte=today))
    rules = rules.filter(Exists(theirs.filter(domain=OuterRef("domain"))))
    return people.annotate(
        word=Subquery(words.order_by("-from_on", "-pk").values("kind")[:1]),
        rule=Subquery(rules.order_by("kind").values("kind")[:1]),  # of two, the one for staff
    ).annotate(said=Coalesce("word", "rule"))


def _on(day: date) -> Q:
    return Q(until_on__isnull=True) | Q(until_on__gt=day)


def _running(team: Team, today: date) -> QuerySet[CommunityRole]:
    return CommunityRole.objects.filter(_on(today), team=team, from_on__lte=today)
