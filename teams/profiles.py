"""What an account is called, and its address: changed by its owner. The only writer of AddressChange."""

import uuid
from datetime import timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lifecycle import clock, jobs
from teams import links
from teams.letters import ADDRESS
from teams.models import AddressChange, User
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused

#: How long the link to a new address is good.
GOOD_FOR: Final = timedelta(days=1)
#: Between two mails that one account has sent to addresses.
PAUSE: Final = timedelta(minutes=1)


def rename(user: User, *, first_name: str, last_name: str) -> None:
    """Changes the name under which everybody knows the account."""
    user.first_name, user.last_name = first_name.strip(), last_name.strip()
    user.save(update_fields=["first_name", "last_name"])


def ask_address(user: User, email: str) -> AddressChange:
    """Asks for another address, in the place of one asked for before; a mail goes there.

    Whether the address has an account is not told here: only to its reader, by the link. Raises Refused.
    """
    email = email.strip().lower()  # as the log-in looks it up
    if email.casefold() == user.email.casefold():
        raise Refused(_("This is your address already."))
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one request of an account after the other
        waiting = AddressChange.objects.filter(user=user, confirmed_at=None)
        if waiting.filter(asked_at__gt=clock.now() - PAUSE).exists():
            raise Refused(_("A mail went out a moment ago. Give it a minute."))
        waiting.delete()
        nonce = uuid.uuid4()
        change = AddressChange.objects.create(
            user=user,
            former=user.email,
            email=email,
            expires_at=clock.now() + GOOD_FOR,
            nonce=nonce,
            digest=links.digest_of(links.key_of(nonce, purpose=ADDRESS)),
        )
        jobs.ask("address-mail", str(change.pk))
    return change


def pending(user: User) -> AddressChange | None:
    """The address that waits to be confirmed."""
    return AddressChange.objects.filter(user=user, confirmed_at=None, expires_at__gt=clock.now()).first()


def pending_by_key(key: str, user: User) -> AddressChange | None:
    """The change to which a link leads, if it is this account's and still to be confirmed."""
    digest = links.digest_of(key)
    return AddressChange.objects.filter(user=user, digest=digest, confirmed_at=None, expires_at__gt=clock.now()).first()


def confirm_address(change: AddressChange, *, actor: User) -> None:
    """The reader of the new address says that it is theirs: the account has it from now on, and the former is told.

    Raises PermissionDenied, and Conflict for what is confirmed or replaced, or an address that another account has.
    """
    if change.user_id != actor.pk:
        raise PermissionDenied
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        fresh = AddressChange.objects.filter(pk=change.pk, confirmed_at=None, expires_at__gt=clock.now()).first()
        if fresh is None:
            raise Conflict(_("This link has been used, or another address was asked for since."), change)
        fresh.former, fresh.confirmed_at = user.email, clock.now()
        fresh.save(update_fields=["former", "confirmed_at"])
        user.email = fresh.email
        try:
            with transaction.atomic():
                user.save(update_fields=["email"])
        except IntegrityError as error:
            reason = _("Another account has this address. Ask an admin which of the two is to stay.")
            raise Conflict(reason, change) from error
        jobs.ask("former-address-mail", str(fresh.pk))


def former_addresses(users: list[int]) -> list[tuple[int, str]]:
    """The addresses that these accounts once had, each with the account's id. One query."""
    rows = AddressChange.objects.filter(user__in=users, confirmed_at__isnull=False)
    return list(rows.values_list("user_id", "former"))
