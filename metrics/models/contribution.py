"""The facts. Append-only: a trigger refuses delete, and update of anything that came from the data."""

from django.db import models
from django.db.models import Func
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from metrics.models.source import Import, Source
from pathways.models import Contributor, Identity, Kind, Pathway
from teams.models import Team


class Contribution(models.Model):
    """A dated act by one identity, in one pathway of one team, of a kind.

    `id` is the first 16 bytes of the SHA-256 of (team, kind, external id): the same commit through two channels
    is one row. Keys carry no foreign-key constraint: the join that resolves a batch proves they exist, and the
    checks were half of an import's time. `contributor`, `staff` and `state` are derived and may be rewritten.
    """

    class State(models.IntegerChoices):
        """Why an act does not count; 0 counts."""

        COUNTED = 0, _("counted")
        BEFORE_START = 1, _("before the source's declared start")
        IN_FUTURE = 2, _("more than a day in the future")
        WITHDRAWN = 3, _("withdrawn")

    id = models.UUIDField(primary_key=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    pathway = models.ForeignKey(Pathway, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    contributor = models.ForeignKey(Contributor, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    identity = models.ForeignKey(Identity, models.PROTECT, related_name="+", db_constraint=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    imported = models.ForeignKey(
        Import, models.PROTECT, related_name="+", db_constraint=False, db_index=False, db_column="import_id"
    )
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    state = models.SmallIntegerField(choices=State.choices, default=State.COUNTED, db_default=State.COUNTED)
    staff = models.BooleanField(default=False, db_default=False)
    day = models.GeneratedField(
        expression=Func(models.F("occurred_at"), template="(timezone('UTC', %(expressions)s)::date)"),
        output_field=models.DateField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            # The track: every hot read walks one person's acts in one pathway in order.
            models.Index(
                fields=["team", "pathway", "contributor", "day"],
                include=["kind", "state", "staff", "source"],
                name="contribution_track",
            ),
            models.Index(fields=["imported"], name="contribution_import"),
        ]

    def __str__(self) -> str:
        return f"{self.id}"
