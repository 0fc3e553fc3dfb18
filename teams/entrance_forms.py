"""allauth's forms in our words: what a field is stands above it once, and its help is one sentence."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lifecycle import jobs
from teams.forms import PASSWORD_RULES
from teams.letters import FORGOTTEN

#: Of each field what stands above it and what stands below.
Words = Mapping[str, tuple[Promise | str, Promise | str]]
#: Of no account: its job finds nobody to write to.
NOBODY: Final = 0


class Worded:
    """Gives each field the label and the help that `words` has for it."""

    words: ClassVar[Words]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in self.words.items():
            field = self.fields[name]  # type: ignore[attr-defined]  # of the form that this is mixed into
            field.label, field.help_text = label, help_text
            field.widget.attrs.pop("placeholder", None)


class LogInForm(Worded, account.LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Who, and the password."""

    words: ClassVar = {
        "login": (_("E-mail address or user name"), ""),
        "password": (_("Password"), ""),
        "remember": (_("Stay logged in on this device for 14 days"), _("Not on a computer that others use, too.")),
    }


class ReauthenticateForm(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    words: ClassVar = {"password": (_("Password"), "")}


class ChangePasswordForm(Worded, account.ChangePasswordForm):  # type: ignore[misc]
    """Another password, by whoever knows the one of today."""

    words: ClassVar = {
        "oldpassword": (_("Current password"), ""),
        "password1": (_("New password"), PASSWORD_RULES),
        "password2": (_("The new password again"), ""),
    }


class SetPasswordForm(Worded, account.SetPasswordForm):  # type: ignore[misc]
    """The first password of an account that has none."""

    words: ClassVar = {"password1": (_("Password"), PASSWORD_RULES), "password2": (_("The password again"), "")}


class NewPasswordForm(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """Another password, by whoever reads the mails of the account."""

    words: ClassVar = {
        "password1": (_("New password"), PASSWORD_RULES),
        "password2": (_("The new password again"), ""),
    }


class ForgottenForm(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    """The address to which a link goes by which one chooses another password."""

    words: ClassVar = {"email": (_("E-mail address"), "")}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Asks for the mail. It takes as long for an address that no account has: the wait tells nothing either."""
        for pk in [user.pk for user in self.users] or [NOBODY]:
            jobs.ask("account-mail", f"{pk}/{FORGOTTEN}")
        return str(self.cleaned_data["email"])


CODE: Final[Words] = {"code": (_("Code"), _("Six digits of the app, or a recovery code."))}


class CodeForm(Worded, mfa.AuthenticateForm):  # type: ignore[misc]
    """The code that is asked for beside the password."""

    words: ClassVar = CODE


class CodeAgainForm(Worded, mfa.ReauthenticateForm):  # type: ignore[misc]
    """A code, before something that matters."""

    words: ClassVar = CODE


class FirstCodeForm(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The code that shows that the telephone is set up."""

    words: ClassVar = {"code": (_("The six digits"), "")}
