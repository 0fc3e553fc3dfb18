"""Where the link of an invitation leads: what it says depends on the invitation and on who opens it."""

from dataclasses import dataclass
from http import HTTPStatus

from django.contrib.auth.models import AnonymousUser
from django.db import models

from teams import invitations, sign_up
from teams.models import Invitation, Team, User


class Door(models.TextChoices):
    """What stands behind the link."""

    UNKNOWN = "unknown"
    CLOSED = "closed"
    EXPIRED = "expired"
    RETIRED = "retired"
    NO_ACCOUNT = "no_account"
    LOG_IN = "log_in"
    ANSWER = "answer"
    OF_ANOTHER = "of_another"
    ACCOUNT_CLOSED = "account_closed"


#: Where nobody can do anything any more.
SHUT = {Door.UNKNOWN: HTTPStatus.NOT_FOUND} | dict.fromkeys((Door.CLOSED, Door.EXPIRED, Door.RETIRED), HTTPStatus.GONE)


@dataclass(frozen=True)
class Welcome:
    """The page of one link for one reader."""

    door: Door
    invitation: Invitation | None = None
    is_mine: bool = False

    @property
    def status(self) -> int:
        """The status of the page."""
        return SHUT.get(self.door, HTTPStatus.OK)


def welcome_of(key: str, reader: User | AnonymousUser) -> Welcome:
    """What the reader finds behind the link. An account is told of to nobody but the reader of its address."""
    invitation = invitations.by_key(key)
    if invitation is None:
        return Welcome(Door.UNKNOWN)
    is_mine = isinstance(reader, User) and invitations.is_for(invitation, reader)
    return Welcome(_door(invitation, reader, is_mine=is_mine), invitation, is_mine)


def _door(invitation: Invitation, reader: User | AnonymousUser, *, is_mine: bool) -> Door:
    if invitation.state != Invitation.State.OPEN:
        return Door.CLOSED
    if invitations.has_expired(invitation):
        return Door.EXPIRED
    if invitation.team.state == Team.State.RETIRED:
        return Door.RETIRED
    if isinstance(reader, User):
        return Door.ANSWER if is_mine else Door.OF_ANOTHER
    account = sign_up.account_of(invitation.email)
    if account is None:
        return Door.NO_ACCOUNT
    return Door.LOG_IN if account.is_active else Door.ACCOUNT_CLOSED
