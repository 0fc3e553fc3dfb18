"""The single derived truth: on which days who held which level where. Written by `metrics/spans.py` alone."""

from django.db import models
from django.db.models import F, Q

from pathways.models import Level


class Span(models.Model):
    """A maximal run of days `[from_on, until_on)` on which a contributor holds a level by one of its own rules.

    The keys are plain numbers, for the rows are derived; `pathway_id` is 0 for the union over the team's pathways. `population` is a set of bits
    (metrics/populations.py): one row serves every population for which the same run holds. `is_first` marks the conversion. `until_on` may
    lie in the future: the day on which the level lapses if nothing more happens.
    """

    pk = models.CompositePrimaryKey("team_id", "pathway_id", "contributor_id", "level", "population", "from_on")
    team_id = models.IntegerField()
    pathway_id = models.IntegerField()
    contributor_id = models.IntegerField()
    level = models.SmallIntegerField(choices=Level.choices)
    population = models.SmallIntegerField()
    from_on = models.DateField()
    until_on = models.DateField()
    is_first = models.BooleanField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="span_not_empty")]
        indexes = [
            models.Index(fields=["team_id", "pathway_id", "level", "from_on"], name="span_begins"),
            models.Index(fields=["until_on"], name="span_lapses"),
        ]

    def __str__(self) -> str:
        return f"{self.contributor_id} {self.level} {self.from_on}"
