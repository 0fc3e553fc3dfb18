"""Erasure: one person's personal data leaves every table; counts, spans and past decisions stand as they were.

Contributions stay, and hang on identities that say nothing any more. What made an act staff's is the domain of an
address: where a rule names it, that domain is kept, which is an employer's and nobody's own, and the same rules go
on saying the same. The join key is kept as a keyed hash (pathways/suppression.py), so that whoever comes in again
under it is counted as the same nameless person.

Where a person has been merged out of several, all of them are erased. What one has split off is somebody else.

What comes later and names the person again is kept until it is read, and no longer (metrics/known_again.py).

Not erased here: an account of the person's (an admin's business), and sentences that somebody typed about a team and
not about the person.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Final, NamedTuple

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from pathways import likenesses, suppression
from pathways.contributors import log
from pathways.models import AffiliationRule, Contributor, ContributorEvent, Identity
from pathways.rights import knowing
from pathways.turns import turn
from teams.models import Team, User
from teams.refusals import Conflict

#: What stays of an entry in the log: numbers, days and words of our own. Whatever somebody typed goes.
KEPT: Final = frozenset(
    {"team", "pathway", "role", "on", "from", "kind", "event", "to", "into", "of", "identity", "moved", "because"}
)


class Told(NamedTuple):
    """What is to be forgotten of one person: each name, address and account; and the person's numbers, which stay."""

    words: frozenset[str]
    people: frozenset[int]


Forget = Callable[[Told], None]
_forgets: list[Forget] = []


def forgets(told: Forget) -> Forget:
    """Adds a table of an app above that may hold what a person was called. In a module `erasure` of that app."""
    if told not in _forgets:
        _forgets.append(told)
    return told


def erase(contributor: Contributor, *, actor: User, team: Team) -> None:
    """Erases a person, for ever. For whoever keeps the contributors of a team in which they take part, and admins.

    Raises PermissionDenied, Busy (also while an import is under way), and Conflict for somebody who is erased.
    """
    with turn(), knowing(team, actor, contributor):
        ids = and_merged(contributor)
        people = list(Contributor.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
        if any(person.pk == contributor.pk and person.erased_at for person in people):
            raise Conflict(_("This person has been erased already."), contributor)
        held = list(Identity.objects.filter(contributor__in=ids, erased_at=None).order_by("pk"))
        events = list(ContributorEvent.objects.filter(contributor__in=ids))
        told = told_of(ids)
        _empty(held)
        for person in people:
            name = _("Erased person %(number)d") % {"number": person.pk}
            Contributor.objects.filter(pk=person.pk, erased_at=None).update(name=name, erased_at=Now())
        for event in events:
            event.detail = {key: said for key, said in event.detail.items() if key in KEPT}
            event.save(update_fields=["detail"])
        likenesses.forget(ids)
        for forget in _forgets:
            forget(told)
        log(contributor, "erased", actor=actor, team=team)


def told_of(ids: Collection[int]) -> Told:
    """What some people are called who are one: all names, addresses and accounts that are held, former ones too."""
    people = Contributor.objects.filter(pk__in=ids)
    held = Identity.objects.filter(contributor__in=ids, erased_at=None)
    events = ContributorEvent.objects.filter(contributor__in=ids)
    return Told(frozenset(_words(people, held, events)), frozenset(ids))


def and_merged(contributor: Contributor) -> set[int]:
    """The person, and whoever was merged into them and not parted again. A query for each merge upon a merge."""
    ids = left = {contributor.pk}
    while left:
        events = list(ContributorEvent.objects.filter(contributor__in=left, action__in=["merge", "unmerge"]))
        parted = {event.detail.get("event") for event in events if event.action == "unmerge"}
        merged = {event.detail["from"] for event in events if event.action == "merge" and event.pk not in parted}
        left = merged - ids
        ids = ids | merged
    return ids


def _words(
    people: Iterable[Contributor], held: Iterable[Identity], events: Iterable[ContributorEvent]
) -> Iterable[str]:
    """All that the person was ever called, former names of the pages included."""
    for person in people:
        yield person.name
    for event in events:
        if event.action == "name":
            yield from filter(None, (event.detail.get("name"), event.detail.get("was")))
    for identity in held:
        yield from filter(None, (identity.name, identity.email, identity.username))


def _empty(held: list[Identity]) -> None:
    """Take everything out of identities but the hash of the key, and the domain of a rule."""
    domains = {identity.pk: identity.email.strip().rpartition("@")[2].lower() for identity in held}
    ruled = set(AffiliationRule.objects.filter(domain__in=domains.values()).values_list("domain", flat=True))
    for identity in held:
        domain = domains[identity.pk]
        identity.email = f"@{domain}" if "@" in identity.email and domain in ruled else ""
        identity.name = identity.username = ""
        identity.join_key = suppression.kept_of(identity.join_key)
        if identity.account_key is not None:
            identity.account_key = suppression.kept_of(identity.account_key)
        identity.erased_at = Now()
    # One statement: what follows from an identity follows by triggers, once.
    Identity.objects.bulk_update(held, ["name", "email", "username", "join_key", "account_key", "erased_at"])


def erased(*people: Contributor) -> bool:
    """Whether one of them is erased, as the database has it now: of them nothing more is to be said."""
    return Contributor.objects.filter(Q(pk__in=[person.pk for person in people]), erased_at__isnull=False).exists()
