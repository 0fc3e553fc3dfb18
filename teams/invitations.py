"""Invitations: made, mailed, answered, revoked. This module is their only writer.

Nothing here tells whether an address has an account: that is between the address and its reader. A link is for one
answer. Everything that closes an invitation holds its row, so that of two at once the second finds it closed.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lifecycle import clock, jobs
from teams import handing_over, links, notifications, people
from teams.access import access_to
from teams.letters import INVITATION
from teams.models import Invitation, Membership, Role, Team, User
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused
from teams.waiting import briefly

#: How long a link is good.
GOOD_FOR: Final = timedelta(days=14)
#: Open invitations of a team at most: mails go to strangers in the name of the organisation.
MOST_OPEN: Final = 30
#: Between two mails to one address.
PAUSE: Final = timedelta(minutes=10)
#: Invitations of one address by one team within a day: whoever invites and revokes, again and again, fills a mailbox.
MOST_A_DAY: Final = 3


@dataclass(frozen=True)
class Offer:
    """What somebody is invited to."""

    email: str
    role: Role
    is_deputy: bool = False
    note: str = ""


def invite(team: Team, offer: Offer, *, actor: User) -> Invitation:
    """Offers a role to whoever reads an address, and asks for the mail.

    Raises PermissionDenied for a role the actor may not give, Refused, and Conflict (with the row) if an invitation
    of the address to this role is open already.
    """
    if offer.role not in access_to(actor, team).appoints:
        raise PermissionDenied
    if offer.is_deputy and offer.role == Role.VIEWER:
        raise Refused(_("A viewer needs no deputy."))
    return _offered(team, offer, actor=actor)


def hand_over(membership: Membership, *, actor: User, email: str, note: str) -> Invitation:
    """Offers a role that somebody holds: it passes on once the other accepts. Raises as `invite`, and for a role that
    has ended.
    """
    if not people.may_end(membership, actor=actor):
        raise PermissionDenied
    if not Membership.objects.current().filter(pk=membership.pk).exists():
        raise Refused(_("This role is not held now, so it cannot be handed over."))
    if membership.team.state == Team.State.RETIRED:
        raise Refused(_("The team is retired; its roles stay as they are."))
    if email.strip().casefold() == membership.user.email.casefold():
        raise Refused(_("Hand it over to somebody else."))
    offer = Offer(email, Role(membership.role), membership.is_deputy, note)
    return _offered(membership.team, offer, actor=actor, replaces=membership)


def _offered(team: Team, offer: Offer, *, actor: User, replaces: Membership | None = None) -> Invitation:
    email = offer.email.strip().lower()  # as the log-in looks it up
    if of_team(team).count() >= MOST_OPEN:
        raise Refused(_("Thirty invitations are open. Revoke those that nobody will answer."))
    lately = Invitation.objects.filter(team=team, email__iexact=email, invited_at__gt=clock.now() - timedelta(days=1))
    if lately.exclude(state=Invitation.State.OPEN).count() >= MOST_A_DAY:
        raise Refused(_("This address was invited three times within a day. Give it a day."))
    invitation = Invitation(
        team=team,
        email=email,
        role=offer.role,
        is_deputy=offer.is_deputy,
        replaces=replaces,
        note=offer.note.strip(),
        invited_by=actor,
        expires_at=clock.now() + GOOD_FOR,
    )
    _seal(invitation)
    try:
        with transaction.atomic():
            invitation.save()
            jobs.ask("invitation-mail", str(invitation.pk))
    except IntegrityError:
        opened = Invitation.objects.filter(team=team, state=Invitation.State.OPEN)
        there = opened.filter(email__iexact=email, role=offer.role).first()
        there = there or opened.filter(replaces=replaces, replaces__isnull=False).first()
        if there is None:
            raise
        raise Conflict(
            _("This is offered already. Revoke the open invitation first, or send it again."), there
        ) from None
    return invitation


def send_again(invitation: Invitation, *, actor: User) -> Invitation:
    """A new link, good for another two weeks; the old one is void. Raises PermissionDenied, Refused, Conflict."""
    with transaction.atomic():
        fresh = _to_close(invitation, actor)
        if fresh.mailed_at is not None and clock.now() - fresh.mailed_at < PAUSE:
            raise Refused(_("The mail went out a moment ago. Give it ten minutes."))
        fresh.nonce = uuid.uuid4()
        fresh.mailed_at, fresh.expires_at = None, clock.now() + GOOD_FOR
        _seal(fresh)
        fresh.save(update_fields=["nonce", "digest", "mailed_at", "expires_at"])
        jobs.ask("invitation-mail", str(fresh.pk))
    return fresh


def revoke(invitation: Invitation, *, actor: User) -> Invitation:
    """Takes the offer back. Raises PermissionDenied, or Conflict with the row that is closed."""
    with transaction.atomic():
        return _close(_to_close(invitation, actor), Invitation.State.REVOKED, by=actor)


def accept(invitation: Invitation, *, actor: User) -> Membership:
    """The reader of the address says yes and holds the role from today; a role handed over ends, and what is open
    passes on with it: one transaction. Raises PermissionDenied, Refused, Busy, or Conflict with the row.
    """
    with briefly():
        fresh = _to_answer(invitation, actor)
        if fresh.team.state == Team.State.RETIRED:
            raise Refused(_("The team has been retired meanwhile; it takes nobody in."))
        _close(fresh, Invitation.State.ACCEPTED, by=actor)
        if fresh.replaces is not None:
            return handing_over.pass_on(fresh.replaces, to=actor, by=fresh.invited_by)
        return people.join(
            fresh.team,
            user=actor,
            role=Role(fresh.role),
            is_deputy=fresh.is_deputy,
            appointed_by=fresh.invited_by,
        )


def decline(invitation: Invitation, *, actor: User) -> Invitation:
    """The reader of the address says no, and whoever offered the role hears it.

    Raises PermissionDenied, or Conflict with the row that is closed.
    """
    with transaction.atomic():
        closed = _close(_to_answer(invitation, actor), Invitation.State.DECLINED, by=actor)
        kind, to = notifications.Kind.OFFER_DECLINED, [closed.invited_by]
        notifications.tell(closed.team, kind, cause=closed.pk, actor=actor, what=closed.role, place="people/", to=to)
        return closed


def by_key(key: str) -> Invitation | None:
    """The invitation to which a link leads, in whatever state; None for a link that leads nowhere."""
    return _told().filter(digest=links.digest_of(key)).first()


def of_team(team: Team) -> QuerySet[Invitation]:
    """The invitations of the team that wait for an answer, expired ones as well."""
    return _told().filter(team=team, state=Invitation.State.OPEN).order_by("-id")


def waiting_for(user: User) -> QuerySet[Invitation]:
    """Those that the account may answer: sent to its address, open, and not expired."""
    mine = _told().filter(email__iexact=user.email, state=Invitation.State.OPEN, expires_at__gt=clock.now())
    return mine.exclude(team__state=Team.State.RETIRED).order_by("-id")


def has_expired(invitation: Invitation) -> bool:
    """Nobody answered while the link was good."""
    return invitation.state == Invitation.State.OPEN and invitation.expires_at <= clock.now()


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether the invitation was sent to the address of the account. Addresses are confirmed before they are had."""
    return invitation.email.casefold() == user.email.casefold()


def _told() -> "QuerySet[Invitation]":
    return Invitation.objects.select_related("team__stage", "invited_by", "replaces__user", "closed_by")


def _seal(invitation: Invitation) -> None:
    invitation.digest = links.digest_of(links.key_of(invitation.nonce, purpose=INVITATION))


def _to_close(invitation: Invitation, actor: User) -> Invitation:
    """The open row, locked, for whoever may give the role, or offered it."""
    if invitation.role not in access_to(actor, invitation.team).appoints and invitation.invited_by_id != actor.pk:
        raise PermissionDenied
    return _locked(invitation)


def _to_answer(invitation: Invitation, actor: User) -> Invitation:
    """The open row, locked, for the account to which it was sent."""
    fresh = _locked(invitation)
    if not actor.is_active or not is_for(fresh, actor):
        raise PermissionDenied
    if has_expired(fresh):
        raise Conflict(_("This invitation has expired. Ask %(who)s for a new one.") % {"who": fresh.invited_by}, fresh)
    return fresh


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(no_key=True, of=("self",))
    fresh = rows.select_related("team", "invited_by", "replaces").get(pk=invitation.pk)
    if fresh.state != Invitation.State.OPEN:
        raise Conflict(_("This invitation is closed: %(state)s.") % {"state": fresh.get_state_display()}, fresh)
    return fresh


def _close(invitation: Invitation, state: Invitation.State, *, by: User) -> Invitation:
    invitation.state, invitation.closed_at, invitation.closed_by = state, clock.now(), by
    invitation.save(update_fields=["state", "closed_at", "closed_by"])
    return invitation
