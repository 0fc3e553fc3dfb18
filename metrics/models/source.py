"""Where contributions come from, and each time they came."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lifecycle.clock import FIRST_DAY as FIRST_DAY
from lifecycle.models import Job
from metrics.sources import Options
from pathways.models import Kind, Pathway
from teams.models import Team


class Source(models.Model):
    """One stream of contributions into one pathway of one team."""

    class Type(models.TextChoices):
        """One adapter file each, under metrics/sources/."""

        CSV = "csv", _("CSV file")
        GIT = "git", _("git history")
        GITHUB = "github", _("GitHub webhook")
        PERCEVAL = "perceval", _("Perceval JSON lines")
        API = "api", _("JSON API and entries by hand")

    team = models.ForeignKey(Team, models.PROTECT, related_name="sources")
    pathway = models.ForeignKey(
        Pathway, models.PROTECT, related_name="sources", verbose_name=_("pathway"), db_index=False
    )
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.CSV)
    name = models.CharField(_("name"), max_length=80)
    default_kind = models.ForeignKey(
        Kind,
        models.PROTECT,
        related_name="+",
        verbose_name=_("kind of rows without a kind"),
    )
    counted_kinds = ArrayField(
        models.SmallIntegerField(), default=list, blank=True, help_text=_("Kinds that count; empty means all.")
    )
    zone = models.CharField(
        _("time zone"), max_length=64, blank=True, help_text=_("Of times that do not tell their own.")
    )
    reading = models.JSONField(default=dict, blank=True, help_text="What Options.of reads (metrics/sources).")
    starts_on = models.DateField(_("data begins"), null=True, blank=True, help_text=_("Earlier dates are quarantined."))
    enabled = models.BooleanField(_("enabled"), default=True)
    complete_to = models.DateField(_("complete to"), null=True, blank=True)

    class Meta:
        ordering = ["team", "pathway", "name"]
        constraints = [
            models.UniqueConstraint(fields=["pathway", "name"], name="source_name_once"),
            models.CheckConstraint(
                condition=Q(type__in=["csv", "git", "github", "perceval", "api"]), name="source_type_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def identity_source(self) -> str:
        """The source as identities name it. A bare name or account joins only within one stream, so each is its own."""
        return f"{self.type}:{self.pk}"

    @property
    def options(self) -> Options:
        """What its adapter has to be told."""
        return Options.of(self.reading, zone=self.zone)

    @property
    def is_stream(self) -> bool:
        """Whether it comes by itself, a little at a time, and not in files."""
        return self.type in {self.Type.GITHUB, self.Type.API}


def upload_path(instance: "Import", filename: str) -> str:
    """A name of our own: nothing of the uploader's file name reaches the disk."""
    return f"imports/{uuid.uuid4()}"


class Import(models.Model):
    """One file through one source, applied wholly or not at all; of a stream, what came on one day.

    A stream (webhook, API, entries by hand) has one import a UTC day, which grows: so that what came by it can be
    looked at and undone like a file, and ten thousand deliveries do not make ten thousand rows of a history.
    """

    class State(models.TextChoices):
        """Where it stands."""

        ASKING = "asking", _("waits for its columns")
        RECEIVED = "received", _("received")
        APPLYING = "applying", _("being read")
        DONE = "done", _("done")
        REJECTED = "rejected", _("rejected")
        FAILED = "failed", _("failed")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    source = models.ForeignKey(Source, models.PROTECT, related_name="imports")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    file = models.FileField(upload_to=upload_path, max_length=200, blank=True)
    filename = models.CharField(_("file"), max_length=255)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    day = models.DateField(null=True, editable=False, help_text="Of a stream: the day of these deliveries.")
    complete_to = models.DateField(_("complete to"), null=True, blank=True)
    last_day = models.DateField(null=True, help_text="Of the contributions in it that are not quarantined.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    items = models.PositiveIntegerField(default=0, help_text="Of what holds several rows each, or none; else 0.")
    rows = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    unknown_kind = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    passed = models.JSONField(default=dict, help_text="{reason: how many}: left out, being no contributions.")
    errors = models.JSONField(default=list, help_text="[{line, column, field, reason}], the first 200.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(errors=[]), name="import_rejected_says_why"),
            models.CheckConstraint(
                condition=Q(state__in=["asking", "received", "applying"]) | Q(finished_at__isnull=False),
                name="import_finished_when",
            ),
            models.UniqueConstraint(
                fields=["source", "day"], condition=Q(day__isnull=False, state="done"), name="import_day_once"
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def standing(self) -> State:
        """Where it stands for a reader: a worker's beginning and its giving up are told by the job first."""
        if self.state != self.State.RECEIVED or self.job is None:
            return self.State(self.state)
        told = {Job.State.RUNNING: self.State.APPLYING, Job.State.DEAD: self.State.FAILED}
        return told.get(Job.State(self.job.state), self.State.RECEIVED)

    @property
    def failed(self) -> bool:
        """Whether it ended without an answer about the file, so that asking again makes sense."""
        return self.standing == self.State.FAILED

    @property
    def is_moving(self) -> bool:
        """Whether it will change by itself."""
        return self.standing in {self.State.RECEIVED, self.State.APPLYING, self.State.UNDOING}
