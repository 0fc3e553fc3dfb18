"""Waivers, confirmations, requests and decisions: who may let a team through, and what they saw."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lifecycle.measures import Strength
from lifecycle.models import Criterion, Milestone, Stage
from teams.models.team import Team


class Waiver(models.Model):
    """One condition of one team set aside until a day. Asked by one person, granted by another."""

    class State(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", _("asked")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    team = models.ForeignKey(Team, models.PROTECT, related_name="waivers")
    criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, blank=True, related_name="+")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason"), max_length=2000)
    expires_on = models.DateField(_("until"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(_("answer"), blank=True, max_length=2000)

    class Meta:
        ordering = ["team", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(criterion__isnull=True) ^ Q(milestone__isnull=True), name="waiver_one_condition"
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("asked_by")) | Q(state="withdrawn"), name="waiver_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state="asked") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="waiver_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["team", "criterion", "milestone"],
                condition=Q(state__in=["asked", "granted"]),
                nulls_distinct=False,
                name="waiver_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion or self.milestone}"


class Confirmation(models.Model):
    """A partner's written word that a criterion's baseline, though small, is sound (1-definitions: active_growth)."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="confirmations", db_index=False)
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    baseline = models.PositiveIntegerField()
    text = models.TextField(_("why the baseline is sound"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["team", "-id"]
        constraints = [
            # A confirmation is of one baseline: when the baseline changes, it has to be given anew.
            models.UniqueConstraint(fields=["team", "criterion", "baseline"], name="confirmation_once"),
            models.CheckConstraint(condition=~Q(text=""), name="confirmation_written"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class PromotionRequest(models.Model):
    """An activator asks for promotion. One open per team."""

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("open")
        PROMOTED = "promoted", _("promoted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    team = models.ForeignKey(Team, models.PROTECT, related_name="promotion_requests")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    note = models.TextField(_("note"), blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["team", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["team"], condition=Q(state="open"), name="promotion_request_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.get_state_display()}"


class Promotion(models.Model):
    """A decision on a team's stage, with all that was seen. Append-only: a trigger refuses update and delete.

    `seq` counts a team's decisions from 1, the first being its entry. `record` freezes the verdict: stage,
    criteria, values, as-of days, versions, waivers and people. `seal` is made by a trigger, of the whole row and the
    seal of the decision before it (teams/seals.py).
    """

    class Kind(models.TextChoices):
        """What was decided."""

        ENTERED = "entered", _("entered the lifecycle")
        PROMOTED = "promoted", _("promoted")
        DECLINED = "declined", _("declined")
        STEPPED_BACK = "stepped_back", _("stepped back")

    team = models.ForeignKey(Team, models.PROTECT, related_name="promotions", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=15, choices=Kind.choices)
    from_stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+")
    to_stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    request = models.OneToOneField(PromotionRequest, models.PROTECT, null=True, related_name="decision")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())
    effective_on = models.DateField()
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    data_version = models.BigIntegerField()
    record = models.JSONField()
    seal = models.BinaryField(max_length=32, default=b"")

    class Meta:
        ordering = ["team", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["team", "seq"], name="promotion_seq_once"),
            models.CheckConstraint(condition=~Q(decided_by=F("requested_by")), name="promotion_two_people"),
            models.CheckConstraint(
                condition=Q(kind="entered")
                | Q(kind="stepped_back", from_stage__isnull=False, decided_by__isnull=False)
                | Q(kind__in=["promoted", "declined"], request__isnull=False, decided_by__isnull=False),
                name="promotion_asked_and_decided",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["declined", "stepped_back"]) | ~Q(reason=""), name="promotion_reason_given"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.get_kind_display()}"

    @property
    def words(self) -> str:
        """What was decided, with its stages: a property, for a template would end a link with a line break."""
        return decided(self.kind, self.from_stage, self.to_stage)


def decided(kind: str, left: object, entered: object) -> str:
    """A kind of decision in words, with the stages that it names."""
    stages = {"from": left, "to": entered}
    match kind:
        case Promotion.Kind.PROMOTED:
            return gettext("Promoted from %(from)s to %(to)s") % stages
        case Promotion.Kind.DECLINED:
            return gettext("Promotion out of %(from)s declined") % stages
        case Promotion.Kind.STEPPED_BACK:
            return gettext("Stepped back from %(from)s to %(to)s") % stages
    return gettext("Entered the lifecycle in %(to)s") % stages


class Adoption(models.Model):
    """An admin adopts a threshold that was undefined, from the growth that teams have shown. Append-only.

    `basis` freezes what the proposal was made of: a row a team, by `teams.thresholds`. The latest one is in force.
    """

    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name=_("criterion"))
    threshold = models.DecimalField(_("threshold"), max_digits=10, decimal_places=2)
    strength = models.CharField(
        _("strength"),
        max_length=15,
        choices=[each for each in Strength.choices if each[0] != Strength.INFORMATIONAL],
        default=Strength.REQUIRED,
    )
    proposed = models.DecimalField(_("proposed"), max_digits=10, decimal_places=2)
    basis = models.JSONField(_("basis"))
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("adopted by"))
    at = models.DateTimeField(_("adopted"), db_default=Now())

    class Meta:
        ordering = ["-id"]
        verbose_name = _("adopted threshold")
        verbose_name_plural = _("adopted thresholds")
        constraints = [
            models.CheckConstraint(condition=Q(threshold__gt=0), name="adoption_positive"),
            models.CheckConstraint(
                condition=Q(threshold=F("proposed")) | ~Q(reason=""), name="adoption_other_number_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.threshold}"
