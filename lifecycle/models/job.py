"""The outbox: work to be done, kept in PostgreSQL. The rules are in `lifecycle/jobs.py`, the only writer."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of work. `kind` names the handler, `key` what it is about; a queued pair stands once."""

    class State(models.TextChoices):
        """Queued, running under a lease, done, or dead after too many attempts."""

        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        DEAD = "dead", _("dead")

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED, db_default=State.QUEUED)
    run_after = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    progress = models.PositiveIntegerField(default=0, db_default=0)
    total = models.PositiveIntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Only *queued*: a change that comes while a run is already reading asks for another run.
            models.UniqueConstraint(fields=["kind", "key"], condition=models.Q(state="queued"), name="job_queued_once"),
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(lease__isnull=False, lease_until__isnull=False),
                name="job_running_has_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["run_after"], condition=models.Q(state="queued"), name="job_due"),
            models.Index(fields=["lease_until"], condition=models.Q(state="running"), name="job_leased"),
            models.Index(fields=["kind", "key", "-id"], name="job_of"),
            models.Index(fields=["kind", "-finished_at"], condition=models.Q(state="done"), name="job_good"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def percent(self) -> int:
        """How far the work has come, 0 to 100."""
        if self.state == self.State.DONE:
            return 100
        return min(99, 100 * self.progress // self.total) if self.total else 0
