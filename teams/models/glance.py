"""What a team looks like at a glance: derived, and true only of the version and the day that it names."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from teams.models.team import Team


class Glance(models.Model):
    """One team as the portfolio scans it, in one language. `teams/glances.py` writes it and nobody else.

    It holds as long as `version` is the team's `glance_version`, `day` is today and `release` this one: everything
    else in it follows from those. A row that does not hold is judged again before anybody sees it.
    """

    pk = models.CompositePrimaryKey("team", "language")
    team = models.ForeignKey(Team, models.CASCADE, related_name="glances", db_index=False)
    language = models.CharField(max_length=10)
    version = models.BigIntegerField()
    day = models.DateField()
    release = models.CharField(max_length=16)
    name_key = models.CharField(max_length=240, db_collation="C", help_text="The name without its case, to sort by.")
    outcome = models.CharField(max_length=10, help_text="What the gate says: an Outcome.")
    is_updating = models.BooleanField()
    met = models.PositiveSmallIntegerField()
    waived = models.PositiveSmallIntegerField()
    in_progress = models.PositiveSmallIntegerField()
    missing = models.PositiveSmallIntegerField()
    unknown = models.PositiveSmallIntegerField()
    lacks = models.JSONField(help_text="The conditions in the way: key, label, gap, lack and state of each.")
    reason = models.TextField(blank=True)
    is_asked = models.BooleanField(help_text="A request for promotion is open.")
    mover = models.CharField(max_length=10, help_text="Whose move is next: a Mover.")
    active = models.PositiveIntegerField(null=True)
    change = models.IntegerField(null=True)
    weeks = ArrayField(models.PositiveIntegerField(), help_text="Active contributors of the weeks of twelve months.")
    high_risks = models.PositiveSmallIntegerField()
    overdue_risks = models.PositiveSmallIntegerField()
    silent_since = models.DateField(help_text="The last check-in, else the day of entry; later by the days of pauses.")
    complete_to = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    promotions_90d = models.PositiveSmallIntegerField()
    job = models.IntegerField(null=True, help_text="The run that counted.")
    counted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.team} on {self.day}"

    @property
    def settled(self) -> int:
        """Required conditions met or waived."""
        return self.met + self.waived

    @property
    def blocking(self) -> int:
        """Required conditions in the way."""
        return self.in_progress + self.missing + self.unknown

    @property
    def required(self) -> int:
        """All of them."""
        return self.settled + self.blocking
