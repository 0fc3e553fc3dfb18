"""The facts. Append-only: a trigger refuses delete, and update of anything that came from the data."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from metrics.models.source import Import
from pathways.models import Contributor, Identity, Kind, Pathway
from teams.models import Team


class ContributionQuerySet(models.QuerySet["Contribution"]):
    """Filters that read as adjectives."""

    def standing(self) -> "ContributionQuerySet":
        """Neither quarantined nor withdrawn. Whether they count is told by kind, pathway and source as well."""
        return self.filter(state__lte=Contribution.State.STAFF)


class Contribution(models.Model):
    """A dated act by one identity, in one pathway of one team, of a kind.

    `key` is the first 11 bytes of the SHA-256 of (kind, external id): within a team, the same commit through two
    channels is one row. 88 bits meet by chance once in 10^13 teams of ten million acts. When it was recorded, and by
    which source, is told by its import. `contributor` and `state` are derived and may be rewritten.

    The layout is measured (docs/scaling.md): fixed widths first, a key of 12 bytes with its length, four-byte
    numbers, so that a row and its indexes take less than 160 bytes. Keys carry no foreign-key constraint: the join
    that resolves a batch proves they exist, and the checks were half of an import's time. The team comes first in
    the keys, so that the table can be split by team.
    """

    class State(models.IntegerChoices):
        """Whose act it counts as, or why it does not count. Up to 1 it counts."""

        COUNTED = 0, _("counted, a volunteer's or of somebody unclassified")
        STAFF = 1, _("counted, staff's")
        BEFORE_START = 2, _("before the source's declared start")
        IN_FUTURE = 3, _("more than a day in the future")
        WITHDRAWN = 4, _("withdrawn")

    pk = models.CompositePrimaryKey("team", "key")
    occurred_at = models.DateTimeField()
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    pathway = models.ForeignKey(Pathway, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    contributor = models.ForeignKey(Contributor, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    identity = models.ForeignKey(Identity, models.PROTECT, related_name="+", db_constraint=False)
    imported = models.ForeignKey(
        Import, models.PROTECT, related_name="+", db_constraint=False, db_index=False, db_column="import_id"
    )
    day = models.GeneratedField(
        expression=Func(models.F("occurred_at"), template="(timezone('UTC', %(expressions)s)::date)"),
        output_field=models.DateField(),
        db_persist=True,
    )
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    state = models.SmallIntegerField(choices=State.choices, default=State.COUNTED, db_default=State.COUNTED)
    key = models.BinaryField(max_length=11)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__range=(0, 4)), name="contribution_state")]
        indexes = [
            # The track: every hot read walks one person's acts in one pathway in order, and reads nothing else.
            models.Index(
                fields=["team", "pathway", "contributor", "day"],
                include=["kind", "state", "imported"],
                name="contribution_track",
            ),
            # The few in quarantine, for the pages that list them.
            models.Index(fields=["team", "imported"], condition=Q(state__in=(2, 3)), name="contribution_quarantined"),
            BrinIndex(fields=["imported"], name="contribution_import"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {bytes(self.key).hex()}"
