"""Which e-mails an account wants."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MailSetting(models.Model):
    """One account's choice; who has made none has what a new row says. `teams/mail_settings.py` writes it."""

    class Digest(models.TextChoices):
        """How often a summary comes."""

        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every Monday")
        NONE = "none", _("never")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="mail_setting")
    digest = models.CharField(
        _("summary of what you have not read"), max_length=10, choices=Digest.choices, default=Digest.WEEKLY
    )
    at_once = models.BooleanField(_("at once, about promotions, answered waivers and changed gates"), default=True)
    reminders = models.BooleanField(_("a reminder when one of your teams has long been silent"), default=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.digest}"
