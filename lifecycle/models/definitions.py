"""The five stages and everything their eight facets hold.

A definition is loaded from `fixtures/` and edited in Django admin. `loaded` remembers the values the fixture
last wrote, so that loading again can tell an admin's edit from an old text and keep it. Definitions are never
deleted, for teams' records point to them: they are retired.
"""

from typing import ClassVar, Self, TypeVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from lifecycle.measures import Measure, Operator, Strength

M = TypeVar("M", bound="Item")


class Facet(models.TextChoices):
    """The eight facets of a stage (the source calls them areas)."""

    DEFINITION = "definition", _("Definition")
    COMPETENCE = "competence", _("Learning stage")
    MEASURE_OF_SUCCESS = "measure-of-success", _("Measure of success")
    MILESTONES = "milestones", _("Milestones")
    RESOURCES = "resources", _("Resources")
    ACTIVATOR_ROLE = "activator-role", _("Activator role")
    PARTNER_ROLE = "partner-role", _("CBT partner role")
    RISKS = "risks", _("Risks")


class Definition(models.Model):
    """What every definition has: who wrote it last is told from `loaded`."""

    loaded = models.JSONField(_("as loaded"), null=True, editable=False)
    retired = models.BooleanField(
        _("retired"), default=False, help_text=_("No longer asked of teams. Records that point to it stay.")
    )

    class Meta:
        abstract = True


class StageManager(models.Manager["Stage"]):
    """Finds a stage by what fixtures call it."""

    def get_by_natural_key(self, slug: str) -> "Stage":
        """The stage of that slug."""
        return self.get(slug=slug)


class Stage(Definition):
    """One of the stages of learning that a team moves through, in order."""

    slug = models.SlugField(_("address"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), validators=[MinValueValidator(1)])
    name = models.CharField(_("name"), max_length=80, unique=True)
    short_name = models.CharField(_("short name"), max_length=20)
    definition = models.TextField(_("definition"))
    competence = models.CharField(_("learning stage (competence)"), max_length=60)
    measure_of_success = models.TextField(_("measure of success"))
    activator_title = models.CharField(_("title of the activator"), max_length=40, default="Activator")
    activator_needs_support = models.BooleanField(_("activators need extra support here"), default=False)
    is_last = models.BooleanField(_("last stage"), default=False)
    editor_note = models.TextField(_("note for editors"), blank=True)

    objects = StageManager()

    class Meta:
        ordering = ["order"]
        constraints = [
            # Deferred, so that two stages can change places in one transaction.
            models.UniqueConstraint(fields=["order"], name="stage_order_once", deferrable=models.Deferrable.DEFERRED),
            models.UniqueConstraint(fields=["is_last"], condition=models.Q(is_last=True), name="stage_one_last"),
            models.CheckConstraint(condition=models.Q(order__gte=1), name="stage_order_from_one"),
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        """The slug."""
        return (self.slug,)


class ItemManager(models.Manager[M]):
    """Finds an item by what fixtures call it."""

    def get_by_natural_key(self, stage: str, key: str) -> M:
        """The item of that stage and key."""
        return self.get(stage__slug=stage, key=key)


class DutyManager(models.Manager["Duty"]):
    """Finds a duty by what fixtures call it."""

    def get_by_natural_key(self, stage: str, role: str, key: str) -> "Duty":
        """The duty of that stage (empty: across the lifecycle), role and key."""
        where = models.Q(stage__slug=stage) if stage else models.Q(stage__isnull=True)
        return self.get(where, role=role, key=key)


class Item(Definition):
    """One item of a facet of a stage; `key` names it for ever, the text may be edited."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("stage"))
    key = models.SlugField(_("key"), max_length=60)
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    text = models.TextField(_("text"))

    objects: ClassVar[ItemManager[Self]] = ItemManager()

    class Meta:
        abstract = True
        ordering = ["stage__order", "order", "id"]

    def __str__(self) -> str:
        return self.text

    def natural_key(self) -> tuple[str, ...]:
        """Stage and key."""
        return (self.stage.slug, self.key)


class Milestone(Item):
    """Something a team does in a stage. A child item belongs to its parent and is ticked on its own."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    required = models.BooleanField(_("required"), default=True)
    needs_verification = models.BooleanField(_("a partner verifies"), default=False)
    refresh_days = models.PositiveSmallIntegerField(
        _("refresh after (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(7)],
        help_text=_("For what is regular, on-going or continuing: after so many days it turns amber, then open."),
    )

    class Meta(Item.Meta):
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="milestone_key_once")]


class Resource(Item):
    """Something that helps a team in a stage; a wanted resource does not exist yet and says so."""

    class Status(models.TextChoices):
        """Whether there is something to read."""

        AVAILABLE = "available", _("available")
        WANTED = "wanted", _("wanted")

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    detail = models.TextField(_("detail"), blank=True)
    url = models.URLField(_("link"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.AVAILABLE)

    class Meta(Item.Meta):
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="resource_key_once")]


class Duty(Item):
    """What an activator or a CBT partner does; without a stage, across the whole lifecycle."""

    class Role(models.TextChoices):
        """Whose duty it is."""

        ACTIVATOR = "activator", _("activator")
        PARTNER = "partner", _("CBT partner")

    stage = models.ForeignKey(  # type: ignore[assignment]  # a duty may hold across the lifecycle
        Stage, on_delete=models.PROTECT, related_name="duties", null=True, blank=True, verbose_name=_("stage")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)

    objects: ClassVar[DutyManager] = DutyManager()  # type: ignore[assignment]  # its key names the role too

    class Meta(Item.Meta):
        verbose_name_plural = _("duties")
        constraints = [
            models.UniqueConstraint(fields=["stage", "role", "key"], name="duty_key_once", nulls_distinct=False)
        ]

    def natural_key(self) -> tuple[str, ...]:
        """Stage (empty across the lifecycle), role and key."""
        return (self.stage.slug if self.stage else "", self.role, self.key)


class Risk(Item):
    """A risk of a stage: the catalogue from which teams fill their registers."""

    class Meta(Item.Meta):
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="risk_key_once")]


class Criterion(Item):
    """A condition of the gate at the end of a stage: measure, operator, threshold, window, strength.

    `text` is the sentence of the measure of success that the criterion encodes.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="criteria", verbose_name=_("stage"))
    measure = models.CharField(_("measure"), max_length=30, choices=Measure.choices)
    operator = models.CharField(_("operator"), max_length=2, choices=Operator.choices, default=Operator.AT_LEAST)
    threshold = models.DecimalField(
        _("threshold"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty means undefined: the criterion then only informs."),
    )
    window_days = models.PositiveSmallIntegerField(_("window (days)"), null=True, blank=True)
    strength = models.CharField(_("strength"), max_length=15, choices=Strength.choices, default=Strength.REQUIRED)

    class Meta(Item.Meta):
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(fields=["stage", "key"], name="criterion_key_once"),
            models.CheckConstraint(
                condition=models.Q(threshold__isnull=False) | models.Q(strength=Strength.INFORMATIONAL),
                name="criterion_undefined_only_informs",
            ),
        ]
