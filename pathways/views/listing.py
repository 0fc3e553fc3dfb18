"""The list of a team's contributors, as a page and as a file."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lifecycle.tables import Table, answer
from pathways import likenesses, standing
from pathways.listing import PEOPLE_A_PAGE, People, numbers_of
from pathways.listing_form import FindForm
from pathways.models.people import Affiliated
from pathways.views.answer import team_of
from teams.access import seen_by
from teams.models import Team
from teams.runs import run_of
from teams.views.page import reader


def _asked(request: HttpRequest, slug: str) -> tuple[Team, dict[str, Any]]:
    """Whom the address asks for."""
    team = team_of(request, slug)
    access = seen_by(reader(request), team)
    form = FindForm(request.GET, team=team)
    wanted = form.wanted()
    asked = standing.counted(team, wanted.pathway)
    people = People(asked, wanted, by_email=access.can_edit_contributors)
    return team, {"team": team, "access": access, "form": form, "wanted": wanted, "asked": asked, "people": people}


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Who takes part in the team, fifty a page."""
    team, context = _asked(request, slug)
    people, wanted = context["people"], context["wanted"]
    everywhere = standing.counted(team) if wanted.pathway else context["asked"]
    may_edit = context["access"].can_edit_contributors
    everybody, unclassified = numbers_of(team)
    pages = Paginator(people, PEOPLE_A_PAGE)
    if not wanted.leaves_out:
        pages.count = everybody
    context |= {
        "page": pages.get_page(request.GET.get("page")),
        "shortlists": standing.shortlists_of(everywhere),
        "run": run_of([team], is_live=True),
        "unclassified": unclassified,
        "alike": likenesses.number_open(team) if may_edit else 0,
    }
    return render(request, "pathways/contributors.html", context)


@require_safe
def export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The same people, all pages of them, as a file."""
    team, context = _asked(request, slug)
    day = context["asked"].as_of
    heads = [_("Id"), _("Name"), _("Level"), _("Lapses, if nothing more happens"), _("First contribution")]
    heads += [_("Last contribution"), _("Contributions in a year"), _("Affiliation"), _("Roles")]
    return answer(Table(f"{team.slug}-contributors", heads, _rows(context["people"]), day), form)


def _rows(people: Iterable[Any]) -> Iterator[list[object]]:
    """What the page says of each."""
    for person in people:
        said = _("bot") if person.is_bot else Affiliated(person.said).label if person.said else _("unclassified")
        roles = ", ".join(str(role) for role in person.team_roles)
        days = [person.lapses_on, person.first_on, person.last_on]
        yield [person.pk, person.name, person.held, *days, person.acts, said, roles]
