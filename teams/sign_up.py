"""How somebody without an account comes to one: by an invitation to their address, and by nothing else."""

from dataclasses import dataclass, field

from allauth.account.adapter import get_adapter
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from teams import invitations
from teams.models import Invitation, User
from teams.refusals import Conflict
from teams.waiting import briefly


@dataclass(frozen=True)
class Newcomer:
    """Who makes an account."""

    first_name: str
    last_name: str
    password: str = field(repr=False)


def account_of(email: str) -> User | None:
    """The account of an address, closed ones as well."""
    return User.objects.filter(email__iexact=email).first()


def sign_up(invitation: Invitation, newcomer: Newcomer) -> User:
    """Makes the account of an invited address and accepts the invitation with it, in one transaction.

    Raises Refused, Busy, and Conflict if the address has an account meanwhile or the invitation is closed.
    """
    with briefly():
        # Of two at once the second waits here, and finds the account there.
        Invitation.objects.select_for_update(no_key=True, of=("self",)).get(pk=invitation.pk)
        if account_of(invitation.email) is not None:
            raise Conflict(_("There is an account of this address by now. Log in to accept."), invitation)
        user = User(
            username=get_adapter().generate_unique_username([newcomer.first_name, invitation.email]),
            email=invitation.email,
            first_name=newcomer.first_name.strip(),
            last_name=newcomer.last_name.strip(),
        )
        user.set_password(newcomer.password)
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:  # another person of the same first name, at the same moment
            raise Conflict(_("Somebody was faster by a moment. Send it again."), invitation) from error
        invitations.accept(invitation, actor=user)
    return user
