"""Counts over spans: THE queries that page, export, explanation and measure share.

Stocks and flows are never added. A stock is cumulative: distinct people who hold the level *or above* on the day.
"""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from metrics.models import Span
from metrics.models.span import SpanQuerySet
from pathways.models import Level, Pathway
from teams.models import Population, Team


def holders(
    team: Team,
    *,
    on: date,
    level: Level,
    population: Population | int = Population.VOLUNTEERS,
    pathway: Pathway | int | None = None,
    leaving_out: Iterable[int] = (),
) -> QuerySet[Span, int]:
    """Ids of the people who hold the level or above on a day."""
    spans = Span.objects.of(team, population, pathway).on(on).at_least(level)
    return spans.exclude(contributor_id__in=list(leaving_out)).values_list("contributor_id", flat=True).distinct()


def stock(
    team: Team,
    *,
    on: date,
    level: Level,
    population: Population | int = Population.VOLUNTEERS,
    pathway: Pathway | None = None,
    leaving_out: Iterable[int] = (),
) -> int:
    """How many people hold the level or above on a day."""
    return holders(team, on=on, level=level, population=population, pathway=pathway, leaving_out=leaving_out).count()


def converted(
    team: Team,
    *,
    level: Level,
    first: date,
    last: date,
    population: Population | int = Population.VOLUNTEERS,
    pathway: Pathway | None = None,
) -> SpanQuerySet:
    """The conversions to a level on the days first ... last: one span a person, begun on the day of the conversion."""
    return Span.objects.of(team, population, pathway).conversions(level).since(first, last)


def conversions(
    team: Team,
    *,
    level: Level,
    first: date,
    last: date,
    population: Population | int = Population.VOLUNTEERS,
    pathway: Pathway | None = None,
) -> int:
    """How many people converted to a level on the days first ... last: a flow."""
    return converted(team, level=level, first=first, last=last, population=population, pathway=pathway).count()
