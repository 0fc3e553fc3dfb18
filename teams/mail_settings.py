"""Which e-mails an account gets, and the signed link with which it stops them without logging in.

The link knows one account and one sort of e-mail, and can do nothing but stop it. It holds for ever: whoever finds an
old e-mail wants no more of them all the same.
"""

from typing import Any, Final

from django.core import signing
from django.db import models
from django.utils.translation import gettext_lazy as _

from teams.models import MailSetting, User


class Sort(models.TextChoices):
    """The sorts of e-mail, each to be stopped by itself."""

    DIGEST = "digest", _("the summary")
    AT_ONCE = "at_once", _("e-mails at once about decisions and gates")
    REMINDERS = "reminders", _("reminders of silent teams")


OFF: Final[dict[str, object]] = {
    Sort.DIGEST: MailSetting.Digest.NONE,
    Sort.AT_ONCE: False,
    Sort.REMINDERS: False,
}
_signer = signing.Signer(salt="teams.mail_settings")


def of(user: User) -> MailSetting:
    """The account's choice, or what holds for who has made none."""
    return MailSetting.objects.filter(user=user).first() or MailSetting(user=user)


def choose(user: User, **values: Any) -> None:
    """Keep the account's choice of some of them."""
    MailSetting.objects.update_or_create(user=user, defaults=values)


def wants(user: User, sort: Sort) -> bool:
    """Whether the account gets e-mails of a sort; a closed one gets none."""
    return user.is_active and getattr(of(user), sort) != OFF[sort]


def stop(user: User, *sorts: Sort) -> None:
    """No more e-mails of these sorts."""
    choose(user, **{sort: OFF[sort] for sort in sorts})


def token_of(user: User, sort: Sort) -> str:
    """What the link to stop one sort of e-mail ends with."""
    return _signer.sign_object([user.pk, sort])


def read(token: str) -> tuple[User, Sort] | None:
    """Whose e-mails of which sort a link stops; None where we have not signed it, or the account is closed."""
    try:
        pk, sort = _signer.unsign_object(token)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return (user, Sort(sort)) if user else None
