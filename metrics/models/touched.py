"""Whose spans are behind the facts. Filled by triggers (metrics 0003), drained by `metrics/spans.py` alone."""

from django.db import models


class Touched(models.Model):
    """A contributor in a pathway whose facts have changed; 0 for the contributor is everybody in the pathway,
    0 for the pathway is all of the team's. Whoever writes or drains a row holds its team's row lock.
    """

    pk = models.CompositePrimaryKey("team_id", "pathway_id", "contributor_id")
    team_id = models.IntegerField()
    pathway_id = models.IntegerField()
    contributor_id = models.IntegerField()

    class Meta:
        verbose_name_plural = "touched"

    def __str__(self) -> str:
        return f"{self.team_id} {self.pathway_id} {self.contributor_id}"
