"""Numbers pushed down by `metrics`, the only writer. Gate, promotion and dashboard read these and nothing else."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lifecycle.measures import Measure
from teams.models.team import Team


class Population(models.TextChoices):
    """Whose contributions are counted. The headline is volunteers, which includes the unclassified."""

    VOLUNTEERS = "volunteers", _("volunteers and unclassified")
    STAFF = "staff", _("staff")
    PEOPLE = "people", _("all people")


class Measurement(models.Model):
    """One measure of one team as last computed: replaced in place, frozen only into a decision's record.

    `value` is empty when the measure cannot be told; `reason` then says why. `points` are values that must all
    satisfy a criterion (the four weekly points of active_growth). After `valid_until` the value is stale.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="measurements", db_index=False)
    measure = models.CharField(max_length=30, choices=Measure.choices)
    window_days = models.PositiveSmallIntegerField(default=0)
    value = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    reason = models.TextField(blank=True)
    points = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    as_of = models.DateField()
    valid_until = models.DateField(null=True)
    data_version = models.BigIntegerField()
    computed_at = models.DateTimeField(db_default=Now())
    job = models.IntegerField(null=True, help_text="The run that computed it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "measure", "window_days"], name="measurement_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(reason=""), name="measurement_value_or_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"


class WeeklyCount(models.Model):
    """One week (ending on Sunday) of one team or one of its pathways, for one population.

    Levels are cumulative ("active" counts core too) and stand on the week's last day. Flows are of the week.
    `pathway_id` is 0 for the whole team; it is a plain number, for pathways live in an app above this one.
    The waterfall adds up per level: previous + converted + returned - lapsed = now; a trigger holds it to that.
    """

    pk = models.CompositePrimaryKey("team", "pathway_id", "population", "week")
    # Many rows, written by one query that reads the team: the check of the key would cost as much as the rest.
    team = models.ForeignKey(Team, models.CASCADE, related_name="weekly_counts", db_constraint=False, db_index=False)
    pathway_id = models.IntegerField(default=0)
    population = models.CharField(max_length=10, choices=Population.choices)
    week = models.DateField(help_text="The Sunday on which the week ends.")
    counted_to = models.DateField(help_text="The last day that is counted in it: the Sunday, or the day of the count.")
    new = models.PositiveIntegerField()
    prospects = models.PositiveIntegerField(default=0)
    casual = models.PositiveIntegerField()
    active = models.PositiveIntegerField()
    core = models.PositiveIntegerField()
    casual_converted = models.PositiveIntegerField()
    casual_returned = models.PositiveIntegerField()
    casual_lapsed = models.PositiveIntegerField()
    active_converted = models.PositiveIntegerField()
    active_returned = models.PositiveIntegerField()
    active_lapsed = models.PositiveIntegerField()
    core_converted = models.PositiveIntegerField()
    core_returned = models.PositiveIntegerField()
    core_lapsed = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(week__iso_week_day=7), name="weekly_count_sunday"),
            models.CheckConstraint(
                condition=Q(casual__gte=models.F("active")) & Q(active__gte=models.F("core")),
                name="weekly_count_cumulative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.week}"
