"""What can be read: each number by the function that the pages and the exports read it by."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from metrics import counts, reports
from metrics.api import shapes
from metrics.api.bearer import bearer_of, team_of
from metrics.api.problems import Problem
from metrics.evidence import Evidence
from metrics.models import Source
from pathways.models import Level, Pathway
from teams.gates import verdict_of
from teams.models import Population, Team, WeeklyCount

router = Router(tags=["read"])
REFUSALS: Final = {304: None, 401: Problem, 404: Problem}
ASKING: Final = REFUSALS | {422: Problem}
SLUG: Final = r"^[-a-zA-Z0-9_]{1,50}$"
#: The marks of the data page, as words of a program.
FRESHNESS: Final = {"done": "fresh", "stale": "stale", "open": "empty", "waived": "off"}

Populations = Annotated[
    Literal["volunteers", "staff", "people"],
    Query(description="Whose contributions count: `volunteers` includes whoever nobody has classified."),
]
Slug = Annotated[str | None, Query(pattern=SLUG, description="Of one of the team's pathways; else all together.")]


@router.get(
    "/teams",
    url_name="teams",
    operation_id="list_teams",
    response={200: shapes.Teams, 304: None, 401: Problem},
    summary="The teams the token opens",
)
def teams(request: HttpRequest) -> Any:
    """One: a token is of a team."""
    return {"teams": [bearer_of(request).token.team]}


@router.get(
    "/teams/{slug:slug}",
    url_name="team",
    operation_id="read_team",
    response={200: shapes.Team, **REFUSALS},
    summary="A team",
)
def team(request: HttpRequest, slug: str) -> Any:
    """Where it stands on the ladder."""
    return team_of(request, slug)


@router.get(
    "/teams/{slug:slug}/gate",
    url_name="gate",
    operation_id="read_gate",
    response={200: shapes.Gate, **REFUSALS},
    summary="The gate",
)
def gate(request: HttpRequest, slug: str) -> Any:
    """What stands between the team and its next stage, condition by condition. It never promotes."""
    return verdict_of(team_of(request, slug))


@router.get(
    "/teams/{slug:slug}/counts",
    url_name="counts",
    operation_id="read_counts",
    response={200: shapes.Counts, **ASKING},
    summary="Weekly counts and stocks",
)
def weeks_and_stocks(
    request: HttpRequest,
    slug: str,
    population: Populations = "volunteers",
    pathway: Slug = None,
    since: Annotated[date | None, Query(description="Only weeks that end on this day or later.")] = None,
) -> Any:
    """How many people hold each level, and week by week who converted, returned and lapsed."""
    asked = team_of(request, slug)
    of_pathway = pathway_of(asked, pathway)
    weeks = WeeklyCount.objects.filter(
        team=asked, pathway_id=of_pathway.pk if of_pathway else 0, population=population
    ).order_by("week")
    return {
        "population": population,
        "pathway": pathway,
        "stocks": _stocks(asked, Population(population), of_pathway),
        "weeks": weeks.filter(week__gte=since) if since else weeks,
    }


def pathway_of(team: Team, slug: str | None) -> Pathway | None:
    """One of the team's pathways; none, if none is asked for. Raises Http404."""
    return get_object_or_404(Pathway, team=team, slug=slug) if slug else None


def _stocks(team: Team, population: Population, pathway: Pathway | None) -> dict[str, object]:
    on = Evidence(team).as_of
    levels = {"casual": Level.CASUAL, "active": Level.ACTIVE, "core": Level.CORE}
    held = {
        name: counts.stock(team, on=on, level=level, population=population, pathway=pathway)
        for name, level in levels.items()
    }
    return {"on": on, **held}


@router.get(
    "/teams/{slug:slug}/sources",
    url_name="sources",
    operation_id="list_sources",
    response={200: shapes.Sources, **REFUSALS},
    summary="Sources",
)
def sources(request: HttpRequest, slug: str) -> Any:
    """Where the numbers come from, and up to which day they can be trusted."""
    return {"sources": [_source(row) for row in reports.sources_of(team_of(request, slug))]}


def _source(row: reports.SourceRow) -> dict[str, object]:
    source: Source = row.source
    return {
        "name": source.name,
        "type": source.type,
        "pathway": source.pathway.slug,
        "enabled": source.enabled,
        "complete_to": source.complete_to,
        "last_import": row.last_import,
        "freshness": FRESHNESS[row.mark],
        "words": row.words,
    }
