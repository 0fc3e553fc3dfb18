"""Mails: written by a job, never while somebody waits for a page, and never again once the sending is recorded.

Each function belongs to one kind of job (teams/tasks.py), whose transaction records what it sent. If the worker ends
between the two, the job is tried again with the same words and the same link.
"""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from lifecycle import clock
from teams import links
from teams.models import AddressChange, Invitation

#: What keys are made for.
INVITATION, ADDRESS = "invitation", "address"


def send_invitation(pk: int) -> None:
    """The link to an invitation that is open, if no mail has taken it there yet."""
    waiting = Invitation.objects.filter(pk=pk, state=Invitation.State.OPEN, mailed_at=None)
    invitation = waiting.select_related("team__stage", "invited_by", "replaces__user").first()
    if invitation is None:
        return
    words = {"team": invitation.team, "role": invitation.get_role_display(), "who": invitation.invited_by}
    subject = _("%(who)s invites you to work with %(team)s")
    if invitation.replaces is not None:
        subject = _("%(who)s asks you to take over as %(role)s of %(team)s")
    key = links.key_of(invitation.nonce, purpose=INVITATION)
    _send(
        invitation.email,
        subject % words,
        "invitation",
        {"invitation": invitation, "address": links.absolute(reverse("teams:invitation", args=[key]))},
    )
    # By its nonce: a link that was made anew meanwhile still has to be sent.
    waiting.filter(nonce=invitation.nonce).update(mailed_at=clock.now())


def send_confirmation(pk: int) -> None:
    """The link by which somebody says that the new address is theirs."""
    waiting = AddressChange.objects.filter(pk=pk, confirmed_at=None, mailed_at=None)
    change = waiting.select_related("user").first()
    if change is None:
        return
    key = links.key_of(change.nonce, purpose=ADDRESS)
    address = links.absolute(reverse("teams:address-change", args=[key]))
    _send(change.email, _("Is this your address?"), "address-change", {"change": change, "address": address})
    waiting.filter(nonce=change.nonce).update(mailed_at=clock.now())


def tell_former(pk: int) -> None:
    """A word to the address that an account no longer has: whoever reads it may know nothing of the change."""
    waiting = AddressChange.objects.filter(pk=pk, confirmed_at__isnull=False, told_at=None)
    change = waiting.select_related("user").first()
    if change is None:
        return
    _send(change.former, _("Your account has another address now"), "address-changed", {"change": change})
    waiting.update(told_at=clock.now())


def _send(to: str, subject: str, template: str, context: dict[str, Any]) -> None:
    """One plain text mail; raises if it could not be handed over."""
    body = render_to_string(f"teams/letters/{template}.txt", context | {"site": links.absolute("/")})
    subject = " ".join(subject.split())  # a name may hold a line break, a header may not
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to]).send()
