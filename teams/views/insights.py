"""What all teams together tell, teams side by side, and the tables of both as files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lifecycle.tables import answer
from teams.insights import insights_of, tables
from teams.insights.beside import MOST, Choice, beside, choices, proposed
from teams.insights.scope import scope_of
from teams.views.page import UNPROCESSABLE, reader


@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    """Time per stage, what holds teams back, growth in Scaling, and the proposed threshold."""
    told = insights_of(scope_of(reader(request)), request.GET.get("page"))
    return render(request, "teams/insights.html", {"insights": told, "page": told.page})


@require_safe
def table(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """One table of it as a file."""
    teller = tables.TABLES.get(name)
    if teller is None:
        raise Http404
    return answer(teller(scope_of(reader(request))), form)


def _chosen(request: HttpRequest) -> list[Choice]:
    return choices(scope_of(reader(request)).named, request.GET.getlist("team"))


@require_safe
def side_by_side(request: HttpRequest) -> HttpResponse:
    """Up to four teams of the address, with the same facts of each."""
    chosen = _chosen(request)
    context = {
        "choices": [*chosen, *[Choice("")] * (MOST - len(chosen))],
        "proposed": proposed(scope_of(reader(request)).named),
        "beside": beside(reader(request), [each.team for each in chosen if each.team]),
    }
    wrong = any(each.problem for each in chosen)
    return render(request, "teams/side_by_side.html", context, status=UNPROCESSABLE if wrong else 200)


@require_safe
def side_by_side_table(request: HttpRequest, form: str) -> HttpResponse:
    """The facts of the same teams as a file."""
    found = beside(reader(request), [each.team for each in _chosen(request) if each.team])
    return answer(tables.side_by_side(found), form)
