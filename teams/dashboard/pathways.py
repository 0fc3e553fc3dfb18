"""A team's pathways, told from this side: names by way of the team, numbers from WeeklyCount."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from lifecycle import clock
from lifecycle.prepared import prepared
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
    today = clock.today()
    since = today - timedelta(days=365)
    rows = []
    for week, *values in _open(team, population, since, today):
        row = PathwayRow(*values)
        if week is not None:
            explain = Explainers(team, population, row.slug, min(week, today))
            row = replace(
                row,
                new=row.new or 0,
                explain_new=explain.conversions("contributor", _since(since)),
                explain_active=explain.stock("active"),
                explain_core=explain.stock("core"),
            )
        rows.append(row)
    return rows


@prepared
def _open(team: Team, population: Population, since: date, today: date) -> QuerySet[Team, Any]:
    counts = WeeklyCount.objects.filter(team=team, population=population, pathway_id=OuterRef("pathways"))
    last = counts.order_by("-week")
    year = counts.filter(week__gt=since).order_by().values("pathway_id")
    is_open = Q(pathways__closed_on=None) | Q(pathways__closed_on__gt=today)
    found = Team.objects.filter(is_open, pathways__isnull=False, pk=team.pk).annotate(
        new=Subquery(year.annotate(people=Sum("new")).values("people")),
        week=Subquery(last.values("week")[:1]),
        active=Subquery(last.values("active")[:1]),
        core=Subquery(last.values("core")[:1]),
    )
    of_pathway = ("pathways__name", "pathways__slug", "pathways__is_prototype", "pathways__opened_on")
    return found.order_by("pathways__name").values_list("week", *of_pathway, "new", "active", "core")


def _since(after: date) -> date:
    """The Monday of the first week whose Sunday lies after a day."""
    next_day = after + timedelta(days=1)
    return next_day - timedelta(days=next_day.weekday())
