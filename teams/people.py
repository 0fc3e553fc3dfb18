"""Memberships: appointing, accepting, declining, ending. This module is their only writer."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lifecycle import clock
from teams import notifications, watching
from teams.access import access_to
from teams.models import Membership, Role, Team, User
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused


def appoint(
    team: Team,
    *,
    actor: User,
    user: User,
    role: Role,
    starts_on: date | None = None,
    is_deputy: bool = False,
) -> Membership:
    """Gives an account a role on the team, from today by default. A viewer reads at once, others accept first.

    Raises PermissionDenied for a role the actor may not give, Refused for an account that does not work, and
    Conflict (with the membership) if the account holds the role already.
    """
    if role not in access_to(actor, team).appoints:
        raise PermissionDenied
    if not user.is_active:
        raise Refused(_("This account has been closed."))
    if is_deputy and role == Role.VIEWER:
        raise Refused(_("A viewer needs no deputy."))
    try:
        with transaction.atomic():
            made = Membership.objects.create(
                team=team,
                user=user,
                role=role,
                is_deputy=is_deputy,
                starts_on=starts_on or clock.today(),
                appointed_by=actor,
            )
            _tell(made, actor)
            return made
    except IntegrityError:
        there = Membership.objects.filter(team=team, user=user, role=role, ends_on__isnull=True).first()
        if there is None:
            raise
        raise Conflict(_("%(person)s holds this role already.") % {"person": user}, there) from None


def accept(membership: Membership, *, actor: User) -> Membership:
    """The person says yes; from now on the membership counts. Saying it twice changes nothing."""
    with transaction.atomic():
        fresh = _own(membership, actor)
        if fresh.accepted_at is None:
            fresh.accepted_at = clock.now()
            fresh.save(update_fields=["accepted_at"])
    return fresh


def decline(membership: Membership, *, actor: User) -> Membership:
    """The person says no: the membership ends on the day it began, and never counted."""
    with transaction.atomic():
        fresh = _own(membership, actor)
        if fresh.accepted_at is not None:
            raise Conflict(_("You have accepted it already."), fresh)
        fresh.ends_on = fresh.starts_on
        fresh.save(update_fields=["ends_on"])
    return fresh


def end(membership: Membership, *, actor: User, on: date | None = None) -> Membership:
    """Ends a membership: `on` (today by default) is the first day without it. One's own, or one that one may give."""
    if not may_end(membership, actor=actor):
        raise PermissionDenied
    with transaction.atomic():
        fresh = _running(membership)
        fresh.ends_on = max(on or clock.today(), fresh.starts_on)
        fresh.save(update_fields=["ends_on"])
        notifications.tell(
            fresh.team,
            notifications.Kind.ENDED,
            cause=fresh.pk,
            actor=actor,
            what=fresh.user,
            place="people/",
        )
    return fresh


def join(team: Team, *, user: User, role: Role, is_deputy: bool, appointed_by: User) -> Membership:
    """Somebody who has said yes holds the role from today. Held already, it stays; as deputy, it becomes whole.

    In the transaction of a verb that has asked who may.
    """
    held = Membership.objects.select_for_update(no_key=True, of=("self",))
    there = held.filter(team=team, user=user, role=role, ends_on__isnull=True).first()
    if there is not None and there.accepted_at is not None and is_deputy >= there.is_deputy:
        return there
    if there is not None:
        succeed(there)
    made = Membership.objects.create(
        team=team,
        user=user,
        role=role,
        is_deputy=is_deputy,
        starts_on=clock.today(),
        accepted_at=clock.now(),
        appointed_by=appointed_by,
    )
    notifications.tell(team, notifications.Kind.APPOINTED, cause=made.pk, actor=user, what=user, place="people/")
    return made


def succeed(membership: Membership) -> None:
    """The membership ends today, for another takes its place in the same transaction."""
    membership.ends_on = max(clock.today(), membership.starts_on)
    membership.save(update_fields=["ends_on"])


def is_held(membership: Membership) -> bool:
    """Whether it counts today: begun, accepted where that is asked, of an account that works."""
    begun = membership.starts_on <= clock.today()
    said_yes = membership.accepted_at is not None or membership.role == Role.VIEWER
    return begun and said_yes and membership.user.is_active


def may_end(membership: Membership, *, actor: User) -> bool:
    """Whether the membership is the actor's to end or to hand over: their own, or one that they may give."""
    return membership.user_id == actor.pk or membership.role in access_to(actor, membership.team).appoints


def appointments(user: User) -> QuerySet[Membership]:
    """Memberships that wait for the account's own answer."""
    return Membership.objects.waiting().filter(user=user).select_related("team", "team__stage", "appointed_by")


def of_team(team: Team) -> QuerySet[Membership]:
    """Memberships of the team that have not ended, accepted or not: partners, activators, viewers."""
    running = Membership.objects.running() | Membership.objects.filter(starts_on__gt=clock.today())
    held = running.filter(team=team).select_related("user", "appointed_by")
    return held.order_by("-role", "is_deputy", "starts_on")


def _tell(made: Membership, actor: User) -> None:
    """The team hears who was appointed; the one who has to accept it hears what waits for an answer."""
    kinds = notifications.Kind
    others = watching.watchers(made.team).exclude(pk=made.user_id)
    notifications.tell(
        made.team, kinds.APPOINTED, cause=made.pk, actor=actor, what=made.user, place="people/", to=others
    )
    if made.role != Role.VIEWER:
        notifications.tell(made.team, kinds.INVITED, cause=made.pk, actor=actor, what=made.role, to=[made.user])


def _own(membership: Membership, actor: User) -> Membership:
    """The membership, read again and locked, if it is the actor's to answer."""
    if membership.user_id != actor.pk or not actor.is_active:
        raise PermissionDenied
    return _running(membership)


def _running(membership: Membership) -> Membership:
    fresh = Membership.objects.select_for_update(no_key=True, of=("self",)).get(pk=membership.pk)
    if fresh.ends_on is not None and fresh.ends_on <= clock.today():
        raise Conflict(_("It has ended already."), fresh)
    return fresh
