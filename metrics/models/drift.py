"""What the reconciler found: when a team was last compared with its raw facts, and where it differed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from teams.models import Team


class Comparison(models.Model):
    """The last comparison of a team. Written by `metrics/rounds.py` alone.

    A team whose numbers are behind its facts is not compared but put off, and stays first in line.
    """

    team = models.OneToOneField(Team, models.CASCADE, primary_key=True, related_name="+")
    compared_on = models.DateField(null=True)
    compared_at = models.DateTimeField(null=True)
    put_off_at = models.DateTimeField(null=True)
    job = models.IntegerField(null=True, help_text="The run that compared it, or put it off.")
    spans = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0, help_text="Weekly rows and measurements.")
    differences = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.team} {self.compared_on}"


class DriftQuerySet(models.QuerySet["Drift"]):
    """Filters that read as adjectives."""

    def standing(self) -> "DriftQuerySet":
        """Still there at the last comparison."""
        return self.filter(gone_at=None)

    def alarming(self) -> "DriftQuerySet":
        """Still there, and nobody has acknowledged it."""
        return self.standing().filter(acknowledged_at=None)


class Drift(models.Model):
    """An alert: a stored row is not what the raw facts give. Never deleted, and never mended by whoever found it.

    Both values stay as they were found. A later comparison that no longer finds it sets `gone_at`; one that finds
    other values under the same key makes a new alert. Written by `metrics/drifts.py` alone.
    """

    class What(models.TextChoices):
        """The kind of row that differs."""

        SPAN = "span", _("levels of a person")
        WEEK = "week", _("weekly count")
        MEASUREMENT = "measurement", _("measurement")

    team = models.ForeignKey(Team, models.CASCADE, related_name="+", verbose_name=_("team"))
    what = models.CharField(_("what"), max_length=12, choices=What.choices)
    key = models.CharField(_("which"), max_length=120)
    stored = models.TextField(_("stored"), blank=True, help_text=_("Empty: there is no row."))
    derived = models.TextField(_("from the facts"), blank=True, help_text=_("Empty: there should be no row."))
    job = models.IntegerField(_("run"), null=True)
    found_at = models.DateTimeField(_("found"), db_default=Now())
    seen_at = models.DateTimeField(_("last seen"), db_default=Now())
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("acknowledged by")
    )
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    gone_at = models.DateTimeField(_("gone"), null=True)

    objects = DriftQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("difference")
        constraints = [
            models.UniqueConstraint(fields=["team", "what", "key"], condition=Q(gone_at=None), name="drift_once"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="drift_acknowledged_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.key}"
