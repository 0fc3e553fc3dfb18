"""Teams and the people who work with them."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from lifecycle.models import Stage

if TYPE_CHECKING:
    from teams.models.user import User


class Role(models.TextChoices):
    """What an account is to a team."""

    VIEWER = "viewer", _("viewer")
    ACTIVATOR = "activator", _("activator")
    PARTNER = "partner", _("CBT partner")


class TeamQuerySet(models.QuerySet["Team"]):
    """Filters that read as adjectives."""

    def visible_to(self, user: "User") -> "TeamQuerySet":
        """Teams the account may read: its own, by a current membership; all for an admin."""
        return self if user.is_admin else self.of(user, clock.today())

    def of(self, user: "User", today: date) -> "TeamQuerySet":
        """Those of which the account has a current membership."""
        return self.filter(pk__in=Membership.objects.current(today).filter(user=user).values("team"))

    def active(self) -> "TeamQuerySet":
        """Neither paused nor retired."""
        return self.filter(state=Team.State.ACTIVE)


class Team(models.Model):
    """A team of the organisation, in one stage.

    `data_version` counts every write that its gate can depend on; `facts_version` is the `data_version` at
    which something that the *measures* count last changed. Both are written by database triggers alone.
    A measurement is current while its own version is at least `facts_version`.
    """

    class State(models.TextChoices):
        """Beside the stage; clocks and reminders stop while a team is paused."""

        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        RETIRED = "retired", _("retired")

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    about = models.TextField(_("about"), blank=True)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="teams", verbose_name=_("stage"))
    entered_on = models.DateField(_("in this stage since"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)
    has_public_badge = models.BooleanField(
        _("public badge"), default=False, db_default=False, help_text=_("Whoever knows the address may see the stage.")
    )
    data_version = models.BigIntegerField(default=1, db_default=1, editable=False)
    facts_version = models.BigIntegerField(default=1, db_default=1, editable=False)
    glance_version = models.BigIntegerField(default=1, db_default=1, editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The dashboard."""
        return reverse("teams:team", args=[self.slug])


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Filters that read as adjectives."""

    def running(self, on: date | None = None) -> "MembershipQuerySet":
        """Begun and not ended on a day (today by default), accepted or not."""
        day = clock.today() if on is None else on
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)

    def current(self, on: date | None = None) -> "MembershipQuerySet":
        """Running, of a working account, and accepted where acceptance is needed."""
        return self.running(on).filter(Q(role=Role.VIEWER) | Q(accepted_at__isnull=False), user__is_active=True)

    def waiting(self) -> "MembershipQuerySet":
        """Waiting for the person's own answer: nobody works with a team who has not accepted it."""
        return self.filter(accepted_at__isnull=True, ends_on__isnull=True).exclude(role=Role.VIEWER)


class Membership(models.Model):
    """One role of one account on one team, with dates `[starts_on, ends_on)`.

    An activator's or partner's membership counts only once *accepted* by that person.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    is_deputy = models.BooleanField(_("deputy"), default=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    appointed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["team", "role", "is_deputy", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user", "role"], condition=Q(ends_on__isnull=True), name="membership_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"
