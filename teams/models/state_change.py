"""When a team was paused, went on or was retired: told by a trigger, whoever wrote it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from teams.models.team import Team


class StateChange(models.Model):
    """A team's state from a day on, as `Team.state` says it. Append-only; a team that was never paused has none.

    A trigger on the team's row writes it (teams 0010), so that neither admin nor a shell can forget. What was paused
    before there were such rows is told from the day of the migration on.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="state_changes")
    state = models.CharField(max_length=10, choices=Team.State.choices)
    on = models.DateField(_("from"))
    at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        ordering = ["team", "on", "id"]

    def __str__(self) -> str:
        return f"{self.team}: {self.get_state_display()}"
