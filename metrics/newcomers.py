"""Newcomers: people whose first counted act for a team is at most so many days old."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from lifecycle.prepared import written
from metrics.cohorts import Asked
from metrics.models import Span
from pathways.models import Level
from teams.models import Team

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
    return [Newcomer(*row) for row in _begun(asked.team, asked.pathway_key, since, bit=asked.bit)]


@written
def _begun(team: Team, pathway: int, since: date, *, bit: int) -> QuerySet[Span, tuple[int, date]]:
    first = Span.objects.of(team, bit, pathway).conversions(Level.CONTRIBUTOR).filter(from_on__gte=since)
    return first.order_by("-from_on", "contributor_id").values_list("contributor_id", "from_on")
