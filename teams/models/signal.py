"""Risks that the data proposes. A signal is no risk: a person puts it on the register, or dismisses it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lifecycle.models import Risk
from teams.models.risk import TeamRisk
from teams.models.team import Team


class Signal(models.Model):
    """One thing that the data shows of a team, with its evidence. `teams/signals.py` writes it and nobody else.

    An open signal follows the data; once it is answered or over it stays as it was (a trigger refuses any change), so
    the table is the log. `degree` says how bad it is: a dismissed signal comes back when the degree rises.
    """

    class Kind(models.TextChoices):
        """What the data shows (1-definitions, 1.4)."""

        TICKS = "ticks", _("One activator does nearly all ticks")
        NO_CORE = "no_core", _("There are no core contributors to delegate to")
        CORE_LAPSES = "core_lapses", _("More people lapse from core than become core")
        ONE_HALF = "one_half", _("One person holds half of the work")
        SILENCE = "silence", _("The CBT partner is silent")

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("on the register")
        DISMISSED = "dismissed", _("dismissed")
        ENDED = "ended", _("over")

    team = models.ForeignKey(Team, models.PROTECT, related_name="signals")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    catalogue = models.ForeignKey(Risk, models.PROTECT, null=True, related_name="+", help_text="The risk it matches.")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    evidence = models.JSONField()
    degree = models.PositiveIntegerField()
    as_of = models.DateField(help_text="The day of the evidence.")
    raised_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    risk = models.OneToOneField(TeamRisk, models.PROTECT, null=True, related_name="signal")

    class Meta:
        ordering = ["team", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "kind"], condition=Q(state="open"), name="signal_one_open"),
            models.CheckConstraint(
                condition=Q(kind__in=["ticks", "no_core", "core_lapses", "one_half", "silence"]), name="signal_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None, answered_by=None, risk=None)
                | Q(state="accepted", closed_at__isnull=False, answered_by__isnull=False, risk__isnull=False)
                | (Q(state="dismissed", closed_at__isnull=False, answered_by__isnull=False, risk=None) & ~Q(reason=""))
                | Q(state="ended", closed_at__isnull=False, answered_by=None, risk=None),
                name="signal_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.Kind(self.kind).label)
