"""A team's pathways, told from this side: names from `team.pathways`, numbers from WeeklyCount."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery, Sum

from lifecycle import clock
from teams.dashboard.explainers import Explainers
from teams.models import Population, Team, WeeklyCount


@dataclass(frozen=True)
class PathwayRow:
    """One pathway; the numbers are None before anything was counted in it, and have no address that explains them."""

    name: str
    slug: str
    is_prototype: bool
    opened_on: date | None
    new: int | None
    active: int | None
    core: int | None
    explain_new: str = ""
    explain_active: str = ""
    explain_core: str = ""


def pathways_of(team: Team, population: Population) -> list[PathwayRow]:
    """The pathways that are not closed, with the last week's stocks and a year's newcomers. One query."""
    counts = WeeklyCount.objects.filter(team=team, population=population, pathway_id=OuterRef("pk"))
    last = counts.order_by("-week")
    since = clock.today() - timedelta(days=365)
    year = counts.filter(week__gt=since).order_by().values("pathway_id")
    pathways = team.pathways.exclude(closed_on__lte=clock.today()).annotate(
        new=Subquery(year.annotate(people=Sum("new")).values("people")),
        week=Subquery(last.values("week")[:1]),
        active=Subquery(last.values("active")[:1]),
        core=Subquery(last.values("core")[:1]),
    )
    rows = []
    fields = ("name", "slug", "is_prototype", "opened_on", "new", "active", "core")
    for week, *values in pathways.values_list("week", *fields):
        row = PathwayRow(**dict(zip(fields, values, strict=True)))
        if week is not None:
            explain = Explainers(team, population, row.slug, min(week, clock.today()))
            row = replace(
                row,
                new=row.new or 0,
                explain_new=explain.conversions("contributor", _since(since)),
                explain_active=explain.stock("active"),
                explain_core=explain.stock("core"),
            )
        rows.append(row)
    return rows


def _since(after: date) -> date:
    """The Monday of the first week whose Sunday lies after a day."""
    next_day = after + timedelta(days=1)
    return next_day - timedelta(days=next_day.weekday())
