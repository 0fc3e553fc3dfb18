"""The people of a team, as the list of contributors reads them."""

from typing import Annotated, Any, Final, Literal

from django.core.paginator import Paginator
from django.http import HttpRequest
from ninja import Query, Router

from metrics.api import shapes
from metrics.api.bearer import team_of
from metrics.api.reading import ASKING, Slug, pathway_of
from pathways import standing
from pathways.listing import People, Wanted
from pathways.models import Level

router = Router(tags=["read"])
A_PAGE: Final = 100

Affiliations = Literal["volunteer", "staff", "unclassified", "bots"]
Levels = Literal["core", "active", "casual", "contributor", "none"]


@router.get(
    "/teams/{slug:slug}/contributors",
    url_name="contributors",
    operation_id="list_contributors",
    response={200: shapes.Contributors, **ASKING},
    summary="Contributors",
)
def contributors(
    request: HttpRequest,
    slug: str,
    *,
    page: Annotated[int, Query(ge=1, le=1_000_000, description=f"{A_PAGE} people each, by name.")] = 1,
    pathway: Slug = None,
    level: Annotated[Levels | None, Query(description="Whose highest level it is; `none`: nothing counted.")] = None,
    affiliation: Annotated[Affiliations | None, Query(description="Left out: everybody who is no bot.")] = None,
) -> Any:
    """Everybody who contributed, enrolled or holds a role, with the level they hold. A page past the last is empty."""
    team = team_of(request, slug)
    of_pathway = pathway_of(team, pathway)
    asked = standing.counted(team, of_pathway)
    people = People(asked, Wanted(level=level or "", affiliation=affiliation or "", pathway=of_pathway))
    pages = Paginator(people, A_PAGE)
    return {
        "as_of": asked.as_of,
        "total": pages.count,
        "page": page,
        "next": page + 1 if page < pages.num_pages else None,
        "contributors": [_told(each) for each in pages.page(page)] if page <= pages.num_pages else [],
    }


def _told(person: Any) -> dict[str, object]:
    return {
        "id": person.pk,
        "name": person.name,
        "is_bot": person.is_bot,
        "level": None if person.level is None else Level(person.level).name.lower(),
        "lapses_on": person.lapses_on,
        "first_on": person.first_on,
        "last_on": person.last_on,
        "acts": person.acts,
        "affiliation": person.said,
        "roles": [role.role for role in person.team_roles],
    }
