"""Which e-mail domains look like the organisation's own, so that an admin can make a rule of one, or rule it out.

A rule for "volunteer" rules a domain out: it says what holds without one, and nobody is asked again. Rules have
dates, and ending one takes it back.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, Func, OuterRef, Q, QuerySet

from lifecycle import clock
from pathways import presence
from pathways.keys import SHARED_HOSTS, words
from pathways.models import AffiliationRule, Identity
from teams.models import Membership, Role, Team, User

#: Hosts that give a mailbox to anybody, and so tell nothing of an employer.
PUBLIC: Final = words(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com"
    " aol.com gmx.de gmx.net gmx.at web.de t-online.de orange.fr free.fr laposte.net mail.ru yandex.ru yandex.com"
    " qq.com 163.com 126.com foxmail.com naver.com protonmail.com proton.me pm.me tutanota.com posteo.de mailbox.org"
    " riseup.net fastmail.com fastmail.fm hey.com zoho.com users.noreply.github.com noreply.github.com"
)
#: So many people at one host, and it is asked whether that is the organisation.
FREQUENT: Final = 3
#: SQL of the host of an address.
DOMAIN: Final = r"lower(substring(btrim(%(expressions)s) FROM '@([^@]+)$'))"


@dataclass(frozen=True)
class DomainSign:
    """A domain without a rule: how many accounts work here with an address of it, and how many people have one."""

    domain: str
    accounts: int
    people: int


def suggested(team: Team) -> list[DomainSign]:
    """The domains of the accounts that work with the team, and the one that most of its people have; with people."""
    works = Membership.objects.current().filter(team=team, role__in=[Role.ACTIVATOR, Role.PARTNER])
    accounts = User.objects.filter(Q(pk__in=works.values("user")) | Q(is_staff=True), is_active=True)
    working: dict[str, int] = {}
    for email in accounts.values_list("email", flat=True):
        domain = email.strip().lower().rpartition("@")[2]
        working[domain] = working.get(domain, 0) + 1
    ruled = set(AffiliationRule.objects.values_list("domain", flat=True))
    people = presence.of_team(team).filter(is_bot=False)  # named, so that the organisation's other people are not read
    there = presence.known_identities(team).filter(email__contains="@", contributor__in=people)
    hosts = _with_domain(there).values_list("domain").annotate(people=Count("contributor", distinct=True))
    found = [
        DomainSign(domain, working.get(domain, 0), people)
        for domain, people in hosts.order_by("-people", "domain")
        if domain and domain not in ruled and domain not in PUBLIC and not domain.endswith(SHARED_HOSTS)
    ]
    most = [sign for sign in found[:1] if sign.people >= FREQUENT]
    return [sign for sign in found if sign.accounts or sign in most]


def ruled(contributor: OuterRef) -> "QuerySet[Any]":
    """The identities of a person for whose domain a rule holds today."""
    today = clock.today()
    holds = Q(from_on=None) | Q(from_on__lte=today), Q(until_on=None) | Q(until_on__gt=today)
    rules = AffiliationRule.objects.filter(*holds).values("domain")
    return _with_domain(Identity.objects.filter(contributor=contributor)).filter(domain__in=rules)


def _with_domain(identities: QuerySet[Identity]) -> "QuerySet[Any]":
    return identities.annotate(domain=Func(F("email"), template=DOMAIN))
