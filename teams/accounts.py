"""How people get in: by invitation or by an admin, nobody signs up; and what stands between them and a thief."""

import logging
from datetime import timedelta
from typing import Any, ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifecycle import clock, sealing
from lifecycle.days import in_words
from teams import letters, second_factor
from teams.models import SecondFactorRule, User
from teams.refusals import Refused

log = logging.getLogger(__name__)

#: Days that people can be given to turn the second factor on, at most.
LONGEST: Final = 90
#: What seals of second factors are of, and where allauth keeps them.
SECOND_FACTOR: Final = "teams.accounts.second-factor"
SEALED: Final = ("secret", "seed")

#: allauth's mails to an account, and the letter that we write instead (teams/letters.py).
LETTERS: Final = {
    "account/email/password_changed": "password-changed",
    "account/email/password_reset": "password-changed",
    "account/email/password_set": "password-changed",
    "mfa/email/totp_activated": "second-factor-on",
    "mfa/email/totp_deactivated": "second-factor-off",
    "mfa/email/recovery_codes_generated": "recovery-codes",
}
WRONG: Final = gettext_lazy("The name or the password is not right. Look at both once more.")


class InviteOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Log-in by allauth, with its sign-up closed and our words."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "enter_current_password": gettext_lazy("This is not your password."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "too_many_login_attempts": gettext_lazy(
            "There were too many tries with this name, so this one was not looked at. Wait five minutes, and try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """At each log-in, whoever is asked for a second factor is told by when; an admin is told in any case."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        due = second_factor.due(user)
        if due is not None:
            words = _("You are asked for a second factor, from %(day)s on. Turn it on, on the page of your account.")
            if due <= clock.today():  # nothing else is open to them (teams/entrance.py)
                words = _("You have been asked for a second factor since %(day)s. Turn it on now.")
            messages.warning(request, words % {"day": in_words(due)})
        elif user.is_admin and not second_factor.has(user):
            messages.warning(request, _("You are an admin. Turn the second factor on, on the page of your account."))
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Written down with where it came from, never with what was typed: that may be a password, one field early."""
        super().authentication_failed(request, **credentials)
        log.warning("a log-in failed, from %s", self.get_client_ip(request))

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Whoever owns the account hears of each change of how it logs in. A job writes it: no page waits for that."""
        letters.ask(user, LETTERS[template_prefix])


class SealingAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Seals what a telephone knows too: whoever reads the database alone can make no codes of it."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code is not right. The app shows another every half minute, and a recovery code is good once."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Under the project's secret."""
        return sealing.seal(text, of=SECOND_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed under the secret of today or a former one."""
        return sealing.unseal(encrypted_text, of=SECOND_FACTOR)


def seal_again() -> tuple[int, int]:
    """Seals every second factor under today's secret: how many were, and how many no secret opens."""
    sealed = lost = 0
    with transaction.atomic():
        for each in Authenticator.objects.select_for_update():
            found = {name: each.data[name] for name in SEALED if name in each.data}
            try:
                each.data |= {name: sealing.seal_again(text, of=SECOND_FACTOR) for name, text in found.items()}
            except sealing.Unreadable:
                lost += 1
                continue
            each.save(update_fields=["data"])
            sealed += 1
    return sealed, lost


def ask_second_factor(of: str, *, actor: User, days: int = 0) -> SecondFactorRule:
    """Asks a second factor of `of` from now on; who has none is written to, and has so many days.

    Raises PermissionDenied, and Refused of an admin whose own is off: having it on shows that it works.
    """
    if not actor.is_admin:
        raise PermissionDenied
    asks = of != SecondFactorRule.AskedOf.NOBODY
    if asks and not second_factor.has(actor):
        raise Refused(_("Turn your own second factor on first: others will need it to work."))
    if not 0 <= days <= LONGEST:
        raise Refused(_("Give people at most %(days)d days.") % {"days": LONGEST})
    with transaction.atomic():
        due_on = clock.today() + timedelta(days=days) if asks else None
        made = SecondFactorRule.objects.create(asked_of=of, due_on=due_on, by=actor)
        for user in second_factor.missing():
            letters.ask(user, letters.ASKED)
    return made


def forget_second_factor(user: User) -> None:
    """For somebody who has lost the telephone and the recovery codes: the password alone logs in again."""
    if Authenticator.objects.filter(user=user).delete()[0]:
        letters.ask(user, "second-factor-off")
