"""The single derived truth: on which days who held which level where. Written by `metrics/spans.py` alone."""

from collections.abc import Collection
from datetime import date

from django.db import models
from django.db.models import F, Q

from metrics.populations import BIT
from pathways.models import Level, Pathway
from teams.models import Population, Team


class SpanQuerySet(models.QuerySet["Span"]):
    """Filters that read as adjectives. Every number on a page, in an export and at a gate is made of these."""

    def of(
        self,
        team: Team | Collection[int],
        population: Population | int,
        pathway: Pathway | int | None = None,
        *,
        among: Collection[int] | None = None,
    ) -> "SpanQuerySet":
        """Of the team as a whole, of one of its pathways, or of each `among` some; as one population sees it.

        Several teams are named by their ids; the population is one of the headline's, or a bit of
        metrics/populations.py. A pathway may be named by its key, which is 0 for the team as a whole.
        """
        bit = BIT[population] if isinstance(population, Population) else population
        key = 0 if pathway is None else pathway.pk if isinstance(pathway, Pathway) else pathway
        teams = team if isinstance(team, Collection) else [team.pk]
        return (
            self.filter(team_id__in=teams, pathway_id__in=[key] if among is None else among)
            .alias(seen=F("population").bitand(bit))
            .filter(seen__gt=0)
        )

    def on(self, day: date) -> "SpanQuerySet":
        """Held on a day."""
        return self.filter(from_on__lte=day, until_on__gt=day)

    def at_least(self, level: Level) -> "SpanQuerySet":
        """Of the level or above: cumulative."""
        return self.filter(level__gte=level)

    def conversions(self, level: Level) -> "SpanQuerySet":
        """The first span of each person at the level: its first day is the conversion, one for ever."""
        return self.filter(level=level, is_first=True)

    def since(self, first: date, last: date) -> "SpanQuerySet":
        """Begun on the days first ... last, both included."""
        return self.filter(from_on__range=(first, last))


class Span(models.Model):
    """A maximal run of days `[from_on, until_on)` on which a contributor holds a level by one of its own rules.

    The keys are plain numbers, for the rows are derived; `pathway_id` is 0 for the union over the team's pathways.
    `population` is a set of bits (metrics/populations.py): one row serves every population for which the same run
    holds. `is_first` marks the conversion. `until_on` may lie in the future: the day on which the level lapses if
    nothing more happens.
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

    objects = SpanQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="span_not_empty")]
        indexes = [
            models.Index(fields=["team_id", "pathway_id", "level", "from_on"], name="span_begins"),
            # Which of a team's spans ends next, for the day change.
            models.Index(fields=["team_id", "until_on"], name="span_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.contributor_id} {self.level} {self.from_on}"
