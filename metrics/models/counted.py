"""The day a team was counted on, and how long that stands if nobody writes anything."""

from django.db import models

from teams.models import Team


class Counted(models.Model):
    """The last count of a team. Written by its recount alone (metrics/due.py).

    `changes_on` is the first day on which the count is wrong although nobody has written anything: a span begins or
    ends, a week is over, or a value was true only up to the day before.
    """

    team = models.OneToOneField(Team, models.CASCADE, primary_key=True, related_name="+")
    counted_on = models.DateField()
    changes_on = models.DateField()

    class Meta:
        verbose_name_plural = "counted"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(changes_on__gt=models.F("counted_on")), name="counted_changes_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.counted_on}"
