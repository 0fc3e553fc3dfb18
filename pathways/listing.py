"""The list of a team's people: searched, filtered and sorted by the database, whatever their number."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, F, Func, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
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


def listed(asked: standing.Counted, wanted: Wanted, *, by_email: bool = False) -> QuerySet[Contributor]:
    """The people who take part in a team, with the columns of `standing`, `word`, `rule` (both of today) and `roles`.

    `q` is looked for in names, and `by_email` in addresses and accounts too, as they came in through the team's own
    sources.
    """
    people = presence.of_team(asked.team).filter(is_bot=wanted.affiliation == BOTS)
    people = _called(people, asked.team, wanted.q.strip(), by_email=by_email)
    people = standing.with_columns(_affiliated(people), asked)
    if wanted.pathway:
        enrolled = Enrolment.objects.filter(pathway=wanted.pathway, contributor=OuterRef("pk"))
        people = people.filter(Q(first_on__isnull=False) | Exists(enrolled))
    if wanted.level:
        people = people.filter(Q(level=None if wanted.level == NO_LEVEL else Level[wanted.level.upper()]))
    if wanted.affiliation not in ("", BOTS):
        people = people.filter(Q(said=None if wanted.affiliation == UNCLASSIFIED else wanted.affiliation))
    if wanted.role:
        people = people.filter(Exists(_running(asked.team).filter(role=wanted.role, contributor=OuterRef("pk"))))
    _label, order = SORTS.get(wanted.sort, SORTS["name"])
    roles = Prefetch("roles", _running(asked.team), to_attr="team_roles")
    return people.prefetch_related(roles).order_by(*order, "pk")


def numbers_of(team: Team) -> tuple[int, int]:
    """How many take part in a team, bots aside, and about how many of them nobody has said a word. One query."""
    people = _affiliated(presence.of_team(team).filter(is_bot=False))
    told = people.values("pk").aggregate(people=Count("pk"), unclassified=Count("pk", filter=Q(said=None)))
    return told["people"], told["unclassified"]


def _called(people: QuerySet[Contributor], team: Team, q: str, *, by_email: bool) -> QuerySet[Contributor]:
    if not q:
        return people
    looked_for = Q(name__icontains=q)
    if by_email:
        looked_for |= Q(email__icontains=q) | Q(username__icontains=q)
    known_here = presence.known_identities(team).filter(looked_for, contributor=OuterRef("pk"))
    return people.filter(Q(name__icontains=q) | Exists(known_here))


def _affiliated(people: QuerySet[Contributor]) -> QuerySet[Contributor]:
    """With `word`, what somebody has said; `rule`, what an e-mail domain tells; and `said`, the one that holds."""
    words = Affiliation.objects.filter(_today(), contributor=OuterRef("pk"), from_on__lte=clock.today())
    theirs = Identity.objects.filter(contributor=OuterRef(OuterRef("pk")))
    theirs = theirs.alias(domain=Func(F("email"), template=DOMAIN, output_field=TextField()))
    rules = AffiliationRule.objects.filter(_today(), Q(from_on=None) | Q(from_on__lte=clock.today()))
    rules = rules.filter(Exists(theirs.filter(domain=OuterRef("domain"))))
    return people.annotate(
        word=Subquery(words.order_by("-from_on", "-pk").values("kind")[:1]),
        rule=Subquery(rules.order_by("kind").values("kind")[:1]),  # of two, the one for staff
    ).annotate(said=Coalesce("word", "rule"))


def _today() -> Q:
    return Q(until_on__isnull=True) | Q(until_on__gt=clock.today())


def _running(team: Team) -> QuerySet[CommunityRole]:
    return CommunityRole.objects.filter(_today(), team=team, from_on__lte=clock.today())
