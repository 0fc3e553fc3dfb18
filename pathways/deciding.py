"""What a person says to likenesses, several at once and all or none: accepting merges, rejecting is remembered.

Both can be taken back: a merge in the log of the person who was kept, a rejection by accepting after all.
"""

from collections.abc import Collection

from django.utils.translation import gettext as _

from pathways import likenesses, merging
from pathways.models import Contributor, Likeness
from pathways.rights import knowing
from pathways.turns import turn
from teams.models import Team, User
from teams.refusals import Conflict, Refused


def ask(one: Contributor, other: Contributor, *, actor: User, team: Team) -> Likeness:
    """Puts two people on the list whom no rule and no search has brought together; the pair.

    Raises PermissionDenied, Busy, and Refused for a person with themselves, for a bot, and for one who is erased.
    """
    with turn(), knowing(team, actor, one, other):
        if one == other:
            raise Refused(_("Choose two different people."))
        if one.erased_at or other.erased_at:
            raise Refused(_("An erased person stays as they are: nobody can tell any more who that was."))
        if one.is_bot or other.is_bot:
            raise Refused(_("One of them is flagged as a bot. Change the flag first, if that is wrong."))
        return likenesses.ask(one.pk, other.pk)


def accept(chosen: Collection[int], *, actor: User, team: Team) -> int:
    """Makes one person of each pair, whoever was known first being kept; how many merges it took.

    Raises as `merging.merge`, Refused without a pair, and Conflict if somebody has accepted one meanwhile.
    """
    merged = 0
    with turn():
        for pk in _still(chosen, Likeness.State.ACCEPTED):
            row = Likeness.objects.filter(pk=pk).select_related("one", "other").first()
            if row is None:
                continue  # the pairs before it have made one person of it
            keep, other = sorted((row.one, row.other), key=lambda person: person.pk)
            merging.merge(keep, others=[other], actor=actor, team=team)
            merged += 1
    return merged


def reject(chosen: Collection[int], *, actor: User, team: Team) -> int:
    """Says that each pair is two people: no rule joins them, and no search asks again. How many.

    Raises PermissionDenied, Busy, Refused without a pair, and Conflict if somebody has decided on one meanwhile.
    """
    with turn():
        pks = _still(chosen, Likeness.State.ACCEPTED, Likeness.State.REJECTED)
        pairs = Likeness.objects.filter(pk__in=pks).select_related("one", "other")
        with knowing(team, actor, *(person for row in pairs for person in (row.one, row.other))):
            for row in pairs:
                likenesses.decide(row.one_id, row.other_id, state=Likeness.State.REJECTED, actor=actor)
    return len(pks)


def _still(chosen: Collection[int], *decided: Likeness.State) -> list[int]:
    """The pairs, the likeliest first, if all of them are still there and not decided so."""
    if not chosen:
        raise Refused(_("Choose at least one pair."))
    found = list(Likeness.objects.filter(pk__in=chosen).exclude(state__in=decided))
    if len(found) != len(set(chosen)):
        raise Conflict(_("Somebody has decided on one of these pairs meanwhile."), found)
    return [row.pk for row in found]
