"""What streams bring: webhook deliveries, and the keys that open a stream."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from metrics.models.source import Import, Source
from teams.models import Team


class Hook(models.Model):
    """The address at which a webhook delivers into a source."""

    source = models.OneToOneField(Source, models.CASCADE, related_name="hook")
    address = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    repository = models.CharField(max_length=200, blank=True, help_text="As the latest ping or push names it.")

    def __str__(self) -> str:
        return str(self.address)


class HookSecret(models.Model):
    """A secret that signs deliveries. Two are good at a time, so that the sender can be changed without a gap.

    Shown once, when it is made. A signature can only be checked with the secret itself, so it is kept sealed
    (metrics/hooks.py) and not as a digest.
    """

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="secrets")
    sealed = models.CharField(max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(sealed__regex="^gAAAA[A-Za-z0-9_-]{95,}=*$"), name="hook_secret_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"


class Delivery(models.Model):
    """What a webhook or the API brought, or somebody entered by hand, kept in the transaction of the answer and after.

    `body` is emptied when its time of keeping is over, or somebody in it is erased; what it said stays counted.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="deliveries", db_index=False)
    guid = models.CharField(max_length=64)
    event = models.CharField(max_length=60)
    body = models.BinaryField(null=True)
    received_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    imported = models.ForeignKey(Import, models.PROTECT, null=True, related_name="deliveries")
    contributions = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=300, blank=True, help_text="Why nothing of it counts.")
    is_refused = models.BooleanField(default=False, help_text="It could not be read, and `outcome` says why.")
    ref = models.CharField(max_length=255, blank=True, help_text="Of a push: what was pushed to,")
    before = models.CharField(max_length=64, blank=True, help_text="from where")
    after = models.CharField(max_length=64, blank=True, help_text="to where.")

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["source", "guid"], name="delivery_once"),
            models.CheckConstraint(condition=Q(body__isnull=False) | Q(read_at__isnull=False), name="delivery_kept"),
        ]
        indexes = [
            models.Index(fields=["source", "id"], condition=Q(read_at=None), name="delivery_unread"),
            models.Index(fields=["source", "ref", "id"], condition=~Q(after=""), name="delivery_chain"),
            models.Index(fields=["received_at"], condition=Q(body__isnull=False), name="delivery_bodies"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.guid}"

    @property
    def became(self) -> str:
        """What became of it, in words."""
        return self.outcome or str(_("taken in") if self.read_at else _("waits for a worker"))


class Token(models.Model):
    """A bearer token of the API: for one team, for reading or for writing too, until a day.

    Only its digest is kept. The text is shown once, when it is made.
    """

    class Scope(models.TextChoices):
        """What it may do."""

        READ = "read", _("read")
        WRITE = "write", _("read and write")

    class Standing(models.TextChoices):
        """What it opens: a token may do no more than its maker may now (metrics/tokens.py)."""

        GOOD = "good", _("good")
        READS = "reads", _("only reads: its maker may not write here any more")
        LEFT = "left", _("opens nothing: its maker has no role here any more")
        ENDED = "ended", _("ended")
        OVER = "over", _("over")

    team = models.ForeignKey(Team, models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("may"), max_length=5, choices=Scope.choices, default=Scope.READ)
    digest = models.BinaryField(max_length=32, unique=True)
    expires_on = models.DateField(_("last day"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)

    class Meta:
        ordering = ["team", "name", "id"]

    def __str__(self) -> str:
        return self.name


class Withdrawal(models.Model):
    """A whole import is undone: a further fact about it. Its contributions stay, and no longer count.

    They give their keys free: what comes again, from the file that was meant, is a new contribution.
    """

    imported = models.OneToOneField(Import, models.PROTECT, related_name="withdrawal")
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.imported}: {self.reason}"


class Release(models.Model):
    """A decision about what of a source is quarantined for one reason: all of it counts, or none of it ever will.

    It holds for what comes later as well. The last one for a source and reason stands.
    """

    class Why(models.TextChoices):
        """The reason of the quarantine."""

        BEFORE_START = "before", _("before the source's declared start")
        IN_FUTURE = "future", _("more than a day in the future")

    source = models.ForeignKey(Source, models.PROTECT, related_name="releases")
    why = models.CharField(max_length=6, choices=Why.choices)
    counts = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["source", "-id"]

    def __str__(self) -> str:
        return f"{self.source}: {self.why}"
