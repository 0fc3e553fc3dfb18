"""Mails: written by a job, never while somebody waits for a page, and never again once the sending is recorded.

Each function belongs to one kind of job (teams/tasks.py), whose transaction records what it sent. If the worker ends
between the two, the job is tried again with the same words and the same link.
"""

from datetime import timedelta
from typing import Any, Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifecycle import clock, jobs
from teams import links, second_factor
from teams.models import AddressChange, Invitation, User

#: What keys are made for.
INVITATION, ADDRESS = "invitation", "address"
#: What an account is written about how it logs in: the name of the letter, and its subject.
FORGOTTEN: Final = "forgotten"
WELCOME: Final = "welcome"
ASKED: Final = "second-factor-asked"
ACCOUNT: Final = {
    WELCOME: gettext_lazy("Your account at Lifecycle"),
    FORGOTTEN: gettext_lazy("Choose a new password"),
    "password-changed": gettext_lazy("Your password was changed"),
    "second-factor-on": gettext_lazy("The second factor is on"),
    "second-factor-off": gettext_lazy("The second factor is off"),
    "recovery-codes": gettext_lazy("You have new recovery codes"),
    ASKED: gettext_lazy("A second factor is asked of you"),
}


def ask(user: User, about: str) -> None:
    """Ask for a letter to an account, about how it logs in."""
    jobs.ask("account-mail", f"{user.pk}/{about}")


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


def tell_account(pk: int, about: str) -> None:
    """How an account logs in has changed, or its owner has asked for the link that changes it. Closed, it gets none."""
    user = second_factor.reader(pk)
    if user is None or (about == ASKED and user.factor_due is None):  # it is on by now, or not asked any more
        return
    context: dict[str, Any] = {"user": user}
    if about in {FORGOTTEN, WELCOME}:
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        context["address"] = links.absolute(reverse("account_reset_password_from_key", kwargs=key))
        context["until"] = clock.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    if about == ASKED:
        context["address"] = links.absolute(reverse("mfa_activate_totp"))
    _send(user.email, str(ACCOUNT[about]), about, context)


def _send(to: str, subject: str, template: str, context: dict[str, Any]) -> None:
    """One plain text mail; raises if it could not be handed over."""
    body = render_to_string(f"teams/letters/{template}.txt", context | {"site": links.absolute("/")})
    subject = " ".join(subject.split())  # a name may hold a line break, a header may not
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to]).send()
