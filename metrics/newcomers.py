"""Newcomers: people whose first counted act for a team is at most so many days old."""

from dataclasses import dataclass
from datetime import date, timedelta

from metrics.cohorts import Asked
from metrics.models import Span
from pathways.models import Level

#: A first act is new for so many days; they end on the as-of day.
NEW_DAYS = 28


@dataclass(frozen=True)
class Newcomer:
    """Somebody, and the day of their first counted act."""

    contributor_id: int
    first_on: date


def newcomers(asked: Asked) -> list[Newcomer]:
    """The latest first. What came in after the as-of day is in: nobody waits because a source is behind. One query."""
    since = asked.as_of - timedelta(days=NEW_DAYS - 1)
    first = Span.objects.of(asked.team, asked.population, asked.pathway).conversions(Level.CONTRIBUTOR)
    rows = first.filter(from_on__gte=since).order_by("-from_on", "contributor_id")
    return [Newcomer(*row) for row in rows.values_list("contributor_id", "from_on")]
