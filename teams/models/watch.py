"""Who wants to hear of a team, where that is not what one would expect of their role."""

from django.conf import settings
from django.db import models

from teams.models.team import Team


class Watch(models.Model):
    """One account's own word on one team; without it, whoever works with a team watches it (teams/watching.py)."""

    pk = models.CompositePrimaryKey("team", "user")
    team = models.ForeignKey(Team, models.CASCADE, related_name="watches", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    is_on = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.user}, {self.team}: {self.is_on}"
