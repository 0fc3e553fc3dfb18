"""Pathways: steps, conversion points, stewards, funnels, iterations."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from teams.models import Team


class Level(models.IntegerChoices):
    """The person ladder. CONTRIBUTOR is held for ever from the first counted act; the others lapse."""

    CONTRIBUTOR = 0, _("contributor")
    CASUAL = 1, _("casual")
    ACTIVE = 2, _("active")
    CORE = 3, _("core")


def open_on(day: date) -> Q:
    """Opened, and not closed, on a day."""
    return Q(Q(closed_on__isnull=True) | Q(closed_on__gt=day), opened_on__lte=day)


class PathwayQuerySet(models.QuerySet["Pathway"]):
    """Filters that read as adjectives."""

    def open(self, on: date | None = None) -> "PathwayQuerySet":
        """Opened, and not closed, on a day (today by default)."""
        return self.filter(open_on(on or clock.today()))


class Pathway(models.Model):
    """A way into and through contributing to a team. Open on the days `[opened_on, closed_on)`."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="pathways", db_index=False)
    slug = models.SlugField(_("address"))
    name = models.CharField(_("name"), max_length=80)
    summary = models.TextField(_("summary"), blank=True, max_length=2000)
    documentation_url = models.URLField(_("documentation"), blank=True, max_length=500)
    is_prototype = models.BooleanField(
        _("prototype"), default=False, help_text=_("A small number of people, up to 20, while it is iterated on.")
    )
    opened_on = models.DateField(_("open since"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    counted_kinds = ArrayField(
        models.SmallIntegerField(), default=list, blank=True, help_text=_("Kinds that count here; empty means all.")
    )

    objects = PathwayQuerySet.as_manager()

    class Meta:
        ordering = ["team", "name"]
        constraints = [
            models.UniqueConstraint(fields=["team", "slug"], name="pathway_slug_once"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")), name="pathway_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("pathways:pathway", args=[self.team.slug, self.slug])


class Step(models.Model):
    """One step of a pathway, completed by contributions of its kinds, or by hand when it names none."""

    pathway = models.ForeignKey(Pathway, models.CASCADE, related_name="steps", db_index=False)
    order = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=80)
    kinds = ArrayField(models.SmallIntegerField(), default=list, blank=True)
    count = models.PositiveSmallIntegerField(_("contributions"), default=1, validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["pathway", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["pathway", "order"], name="step_order_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.name


class Rule(models.Model):
    """When a level is held: any of `kinds` (none named = any), at least n contributions, on at least d distinct
    days, in at least m distinct UTC months, within w days; with `roles`, only while one of them is confirmed.
    """

    level = models.PositiveSmallIntegerField(
        _("level"), choices=[(level.value, level.label) for level in Level if level is not Level.CONTRIBUTOR]
    )
    label = models.CharField(_("label"), max_length=80)
    kinds = ArrayField(models.SmallIntegerField(), default=list, blank=True)
    n = models.PositiveSmallIntegerField(_("contributions"), default=1, validators=[MinValueValidator(1)])
    d = models.PositiveSmallIntegerField(_("distinct days"), default=1, validators=[MinValueValidator(1)])
    m = models.PositiveSmallIntegerField(_("distinct months"), default=1, validators=[MinValueValidator(1)])
    w = models.PositiveSmallIntegerField(_("within days"), default=365, validators=[MinValueValidator(1)])
    roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        abstract = True
        ordering = ["level", "id"]

    def __str__(self) -> str:
        return self.label


def possible(name: str) -> models.CheckConstraint:
    """A rule that somebody can fulfil: positive numbers, no more days than contributions or window."""
    return models.CheckConstraint(
        condition=Q(level__range=(1, 3), n__gte=1, d__gte=1, m__gte=1, w__gte=1)
        & Q(d__lte=F("n"))
        & Q(m__lte=F("d"))
        & Q(d__lte=F("w")),
        name=name,
    )


class DefaultPointManager(models.Manager["DefaultPoint"]):
    """Finds a default point by what fixtures call it."""

    def get_by_natural_key(self, level: int, label: str) -> "DefaultPoint":
        """The point of that level and label."""
        return self.get(level=level, label=label)


class DefaultPoint(Rule):
    """A conversion point of the organisation, copied into every new pathway."""

    objects = DefaultPointManager()

    class Meta(Rule.Meta):
        constraints = [
            possible("default_point_possible"),
            models.UniqueConstraint(fields=["level", "label"], name="default_point_once"),
        ]

    def natural_key(self) -> tuple[int, str]:
        """Level and label."""
        return (self.level, self.label)


class ConversionPoint(Rule):
    """A conversion point of one pathway. Several of one level are alternatives: any one of them suffices.

    `since` is the day on which it was written as it stands; None of those written before that was kept.
    """

    pathway = models.ForeignKey(Pathway, models.CASCADE, related_name="points", db_index=False)
    since = models.DateField(_("in force since"), null=True, default=clock.today, editable=False)

    class Meta(Rule.Meta):
        constraints = [
            possible("point_possible"),
            models.UniqueConstraint(fields=["pathway", "level", "label"], name="point_once"),
        ]


class Steward(models.Model):
    """Somebody who looks after a pathway: an account or a contributor, on the days `[from_on, until_on)`."""

    pathway = models.ForeignKey(Pathway, models.CASCADE, related_name="stewards")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    contributor = models.ForeignKey("pathways.Contributor", models.PROTECT, null=True, blank=True, related_name="+")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["pathway", "from_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(contributor__isnull=True), name="steward_is_one_person"
            )
        ]

    def __str__(self) -> str:
        return str(self.user or self.contributor)

    @property
    def is_current(self) -> bool:
        """Whether it runs today."""
        return self.from_on <= clock.today() and (self.until_on is None or self.until_on > clock.today())


class FunnelManager(models.Manager["Funnel"]):
    """Finds a funnel by what fixtures call it."""

    def get_by_natural_key(self, key: str) -> "Funnel":
        """The funnel of that key."""
        return self.get(key=key)


class Funnel(models.Model):
    """A funnel of the organisation that brings people to pathways. Which are major is data, not code."""

    key = models.SlugField(_("key"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), blank=True, max_length=500)
    is_major = models.BooleanField(_("major"), default=True)

    objects = FunnelManager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        """The key."""
        return (self.key,)


class FunnelLink(models.Model):
    """A pathway that is connected to a funnel, with the address where it stands there."""

    pathway = models.ForeignKey(Pathway, models.CASCADE, related_name="funnel_links", db_index=False)
    funnel = models.ForeignKey(Funnel, models.PROTECT, related_name="links")
    url = models.URLField(_("where it stands"), blank=True, max_length=500)
    connected_on = models.DateField(_("connected"))

    class Meta:
        ordering = ["pathway", "connected_on"]
        constraints = [models.UniqueConstraint(fields=["pathway", "funnel"], name="funnel_link_once")]

    def __str__(self) -> str:
        return str(self.funnel)


class Iteration(models.Model):
    """A recorded change of a pathway: what changed, why, and what was measured before and after."""

    pathway = models.ForeignKey(Pathway, models.CASCADE, related_name="iterations")
    on = models.DateField(_("date"))
    what = models.TextField(_("what changed"), max_length=2000)
    why = models.TextField(_("why"), max_length=2000)
    before = models.CharField(_("measured before"), max_length=200, blank=True)
    after = models.CharField(_("measured after"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pathway", "-on", "-id"]

    def __str__(self) -> str:
        return self.what[:80]
