"""The team's register of risks, and the check-ins kept."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lifecycle.models import Risk
from teams.models.team import Team

SCALE = [(1, _("low")), (2, _("medium")), (3, _("high"))]


class TeamRisk(models.Model):
    """One risk on a team's register, from the catalogue or of its own."""

    class State(models.TextChoices):
        """What the team does about it."""

        OPEN = "open", _("open")
        MITIGATED = "mitigated", _("mitigated")
        ACCEPTED = "accepted", _("accepted")
        CLOSED = "closed", _("closed")

    team = models.ForeignKey(Team, models.PROTECT, related_name="risks")
    risk = models.ForeignKey(Risk, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("catalogue"))
    text = models.TextField(_("risk"), max_length=1000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    likelihood = models.PositiveSmallIntegerField(
        _("likelihood"), choices=SCALE, default=2, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    impact = models.PositiveSmallIntegerField(
        _("impact"), choices=SCALE, default=2, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    mitigation = models.TextField(_("mitigation"), blank=True, max_length=2000)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["team", "-impact", "-likelihood", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "risk"], condition=Q(risk__isnull=False) & ~Q(state="closed"), name="team_risk_once"
            ),
            models.CheckConstraint(condition=Q(likelihood__range=(1, 3), impact__range=(1, 3)), name="team_risk_scale"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def severity(self) -> str:
        """'high' from likelihood x impact of 6, 'medium' from 3, else 'low'."""
        product = self.likelihood * self.impact
        return "high" if product >= 6 else "medium" if product >= 3 else "low"


class CheckIn(models.Model):
    """A check-in kept between partner and activator, with a note."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="check_ins")
    held_on = models.DateField(_("held on"))
    note = models.TextField(_("note"), max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["team", "-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.held_on}"
