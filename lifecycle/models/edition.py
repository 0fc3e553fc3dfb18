"""Editions: how a definition read, from a moment on. Triggers write them, whoever edits, and nobody rewrites them."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lifecycle.models.definitions import Stage


class Edition(models.Model):
    """One definition as it read from a moment on: a stage, or an item of one. Append-only.

    `values` are its columns but `loaded` and the note for editors. `editor` is who edited it in the admin; empty
    where it was loaded with a release, or by a command.
    """

    class Kind(models.TextChoices):
        """What it is an edition of."""

        STAGE = "stage", _("stage")
        MILESTONE = "milestone", _("milestone")
        RESOURCE = "resource", _("resource")
        DUTY = "duty", _("duty")
        RISK = "risk", _("risk")
        CRITERION = "criterion", _("condition of the gate")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    item = models.IntegerField(help_text="The id of that definition.")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="editions")
    values = models.JSONField()
    editor = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["stage", "at", "id"], name="edition_of_stage")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.item}, {self.at:%Y-%m-%d}"
