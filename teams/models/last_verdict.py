"""What a team's gate was last seen to say, so that a change of it is told once."""

from django.db import models

from lifecycle.models import Stage
from teams.models.team import Team


class LastVerdict(models.Model):
    """The last settled verdict of a team, and what it took the place of: written by `teams/gate_changes.py` alone.

    A verdict on numbers that are being counted again is no settled one; the outcome is empty until there is one.
    """

    team = models.OneToOneField(Team, models.CASCADE, primary_key=True, related_name="last_verdict")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    outcome = models.CharField(max_length=10, blank=True, help_text="What the gate says: an Outcome.")
    before = models.CharField(max_length=10, blank=True, help_text="What it said before, in the same stage.")
    day = models.DateField()
    version = models.BigIntegerField(help_text="The team's glance_version that was judged.")

    def __str__(self) -> str:
        return f"{self.team}: {self.outcome}"
