"""A team's pathways, told from this side: names from `team.pathways`, numbers from WeeklyCount."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from lifecycle import clock
from teams.dashboard.explainers import Explainers, day_of
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
    """The pathways that are not closed, with the last week's stocks and a year's newcomers. Three queries."""
    counts = WeeklyCount.objects.filter(team=team, population=population, pathway_id__gt=0)
    stocks = {week.pathway_id: week for week in counts.order_by("pathway_id", "-week").distinct("pathway_id")}
    year = clock.today() - timedelta(days=365)
    flows = counts.filter(week__gt=year).values("pathway_id").annotate(people=Sum("new"))
    new = {row["pathway_id"]: row["people"] for row in flows}
    rows = []
    for pathway in team.pathways.all():
        if pathway.closed_on and pathway.closed_on <= clock.today():
            continue
        stock = stocks.get(pathway.pk)
        explain = Explainers(team, population, pathway.slug, day_of(stock)) if stock else None
        rows.append(
            PathwayRow(
                name=pathway.name,
                slug=pathway.slug,
                is_prototype=pathway.is_prototype,
                opened_on=pathway.opened_on,
                new=new.get(pathway.pk, 0) if stock else None,
                active=stock.active if stock else None,
                core=stock.core if stock else None,
                explain_new=explain.conversions("contributor", _since(year)) if explain else "",
                explain_active=explain.stock("active") if explain else "",
                explain_core=explain.stock("core") if explain else "",
            )
        )
    return rows


def _since(after: date) -> date:
    """The Monday of the first week whose Sunday lies after a day."""
    next_day = after + timedelta(days=1)
    return next_day - timedelta(days=next_day.weekday())
