"""From whom the organisation asks a second factor."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class SecondFactorRule(models.Model):
    """An admin's word on who has to turn the second factor on, and by when. Append-only: the latest one is in force.

    `due_on` is the first day on which whoever is asked and has none is led to turn it on before anything else.
    """

    class AskedOf(models.TextChoices):
        """Who is asked."""

        NOBODY = "nobody", _("nobody")
        ADMINS = "admins", _("admins")
        PARTNERS = "partners", _("admins and CBT partners")

    asked_of = models.CharField(_("asked of"), max_length=10, choices=AskedOf.choices)
    due_on = models.DateField(_("due on"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"), db_default=Now())

    class Meta:
        ordering = ["-id"]
        verbose_name = _("rule for the second factor")
        verbose_name_plural = _("rules for the second factor")
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_of="nobody", due_on__isnull=True)
                | Q(asked_of__in=["admins", "partners"], due_on__isnull=False),
                name="second_factor_rule_due",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_asked_of_display())
