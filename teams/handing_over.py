"""Handing a role over: what is open with its holder, and how it passes on.

An app above tells what of its own hangs on a person, in a module `handing_over`: it registers a `Charge` there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from teams import milestones, notifications, people, risks
from teams.models import Membership, MilestoneEvent, Role, Team, User
from teams.promotion import held
from teams.refusals import Refused

#: What of a team hangs on a person, each in words.
Tells = Callable[[Team, User], list[str]]
#: Gives that to another person, in a transaction that holds the team's row.
Passes = Callable[[Team, User, User], None]


@dataclass(frozen=True)
class Charge:
    """One sort of thing that somebody has charge of."""

    label: Promise | str
    tells: Tells
    passes: Passes


@dataclass(frozen=True)
class Open:
    """What is open of one sort; `passes` with the role, or is only shown."""

    label: str
    items: list[str]
    passes: bool = True


_charges: list[Charge] = []


def charge(label: Promise | str, *, tells: Tells, passes: Passes) -> None:
    """Registers something that passes on with a role. `label` is translated when it is shown."""
    _charges.append(Charge(label, tells, passes))


def open_with(membership: Membership) -> list[Open]:
    """What is open with the holder of a role, for whoever is to take it over."""
    team, user = membership.team, membership.user
    found = [Open(str(each.label), each.tells(team, user)) for each in _charges]
    if membership.role == Role.ACTIVATOR:
        found.append(Open(_("Milestones in progress"), _begun(team, user), passes=False))
    return [each for each in found if each.items]


def pass_on(membership: Membership, *, to: User, by: User) -> Membership:
    """Another takes the role over: theirs begins, what is open passes on, the old one ends.

    In the transaction of a verb that has asked who may. Rows before the team's, as the triggers take them, so that
    nobody waits for us while we wait for them.
    """
    rows = Membership.objects.filter(team=membership.team, user__in=[membership.user_id, to.pk])
    locked = list(rows.select_for_update(no_key=True, of=("self",)).select_related("user").order_by("pk"))
    running = set(Membership.objects.current().filter(pk=membership.pk).values_list("pk", flat=True))
    old = next((each for each in locked if each.pk in running), None)
    if old is None:
        raise Refused(_("The role has ended meanwhile, so it cannot be taken over. Ask for an invitation."))
    if old.user_id == to.pk:
        raise Refused(_("You hold this role yourself."))
    risks.lock(membership.team, owner=old.user)
    with held(membership.team) as team:
        new = people.join(team, user=to, role=Role(old.role), is_deputy=old.is_deputy, appointed_by=by)
        for each in _charges:
            each.passes(team, old.user, to)
        people.succeed(old)
        kinds = notifications.Kind
        notifications.tell(team, kinds.ENDED, cause=old.pk, actor=to, what=old.user, place="people/")
        notifications.tell(team, kinds.TAKEN_OVER, cause=old.pk, actor=to, what=old.role, to=[old.user])
    return new


def _begun(team: Team, user: User) -> list[str]:
    """Milestones that the person has started; the record of who did stays, the next one goes on."""
    states = [each for state in milestones.board(team) for each in (state, *state.children)]
    return [
        each.milestone.text
        for each in states
        if each.state == MilestoneEvent.State.IN_PROGRESS and each.since is not None and each.since.actor_id == user.pk
    ]


charge(gettext_lazy("Open risks"), tells=risks.owned_by, passes=risks.pass_on)
