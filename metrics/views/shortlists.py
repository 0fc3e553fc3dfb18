"""The lists beside the list of people: near the next level, drifting, newcomers without an answer."""

from collections.abc import Sequence
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from metrics import shortlists
from metrics.drifting import SILENT_DAYS
from metrics.in_force import sentences
from metrics.newcomers import NEW_DAYS
from metrics.shortlists import Found
from pathways import presence, standing
from pathways.answers import note_answer
from pathways.people_forms import AnswerForm
from pathways.views.answer import answer, needs_another_look
from teams.access import seen_by, team_for
from teams.models import Population, Role
from teams.runs import run_of
from teams.views.page import UNPROCESSABLE, reader

PEOPLE_A_PAGE = 50
T = TypeVar("T")


def _found(request: HttpRequest, slug: str) -> tuple[Found, dict[str, object]]:
    """Who stands on the three lists, of the headline population on the as-of day; and what their pages share."""
    team = team_for(request, slug)
    found = Found(standing.counted(team))
    return found, {
        "team": team,
        "access": seen_by(reader(request), team),
        "as_of": found.asked.as_of,
        "population": Population.VOLUNTEERS,
        "shortlists": found.shortlists,
        "run": run_of([team], is_live=True),
    }


def _page(request: HttpRequest, found: Sequence[T]) -> tuple[Page[T], list[T]]:
    """A page, and who stands on it."""
    page = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    return page, list(page.object_list)


@require_safe
def near_level(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is one act away from a level."""
    found, context = _found(request, slug)
    page, some = _page(request, found.near)
    context |= {"page": page, "rows": shortlists.near_rows(found.asked, some)}
    context["points"] = sentences(found.asked.team, None)
    return render(request, "metrics/near.html", context)


@require_safe
def drifting_people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is active, and silent."""
    found, context = _found(request, slug)
    page, some = _page(request, found.drifting)
    context |= {"page": page, "rows": shortlists.drifting_rows(found.asked, some), "days": SILENT_DAYS}
    return render(request, "metrics/drifting.html", context)


@require_safe
def arrived(request: HttpRequest, slug: str) -> HttpResponse:
    """Newcomers: those without an answer, and those who have one."""
    return _newcomers(request, slug)


def _newcomers(
    request: HttpRequest, slug: str, *, status: int = 200, problem: str = "", **typed: object
) -> HttpResponse:
    found, context = _found(request, slug)
    page, some = _page(request, found.waiting)
    context |= {
        "page": page,
        "rows": shortlists.newcomer_rows(found, some),
        "answered": shortlists.newcomer_rows(found, found.answered[:PEOPLE_A_PAGE]),
        "days": NEW_DAYS,
        "problem": problem,
        **typed,
    }
    return render(request, "metrics/newcomers.html", context, status=status)


@require_POST
def answers(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Notes that a newcomer was answered."""
    team = team_for(request, slug, Role.ACTIVATOR)
    found = presence.one_of(team, pk)
    form = AnswerForm(request.POST)

    def again(status: int, words: str) -> HttpResponse:
        return _newcomers(request, slug, status=status, problem=words, typed=form, typed_for=pk)

    if not form.is_valid():
        return again(UNPROCESSABLE, needs_another_look())
    return answer(
        request,
        lambda: note_answer(found, actor=reader(request), team=team, **form.cleaned_data),
        said=_("Noted: %(person)s has been answered.") % {"person": found},
        to=reverse("metrics:newcomers", args=[slug]),
        again=again,
    )
