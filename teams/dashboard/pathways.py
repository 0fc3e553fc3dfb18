"""A team's pathways, told from this side: names from `team.pathways`, numbers from WeeklyCount."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery, Sum

from lifecycle import clock
from teams.models import Population, Team, WeeklyCount


@dataclass(frozen=True)
class PathwayRow:
    """One pathway; the numbers are None before anything was counted in it."""

    name: str
    slug: str
    is_prototype: bool
    opened_on: date | None
    new: int | None
    active: int | None
    core: int | None


def pathways_of(team: Team, population: Population) -> list[PathwayRow]:
    """The pathways that are not closed, with the last week's stocks and a year's newcomers. One query."""
    counts = WeeklyCount.objects.filter(team=team, population=population, pathway_id=OuterRef("pk"))
    last = counts.order_by("-week")
    year = counts.filter(week__gt=clock.today() - timedelta(days=365)).order_by().values("pathway_id")
    pathways = team.pathways.exclude(closed_on__lte=clock.today()).annotate(
        new=Subquery(year.annotate(people=Sum("new")).values("people")),
        active=Subquery(last.values("active")[:1]),
        core=Subquery(last.values("core")[:1]),
    )
    return [
        PathwayRow(**pathway | {"new": None if pathway["active"] is None else pathway["new"] or 0})
        for pathway in pathways.values("name", "slug", "is_prototype", "opened_on", "new", "active", "core")
    ]
