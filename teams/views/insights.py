"""What all teams together tell, and its tables as files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lifecycle.tables import answer
from teams.insights import insights_of
from teams.insights.beside import MOST, Choice, beside, choices, proposed
from teams.insights.scope import scope_of
from teams.insights.tables import TABLES, side_by_side_of
from teams.views.page import UNPROCESSABLE, reader


@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    """Time per stage, what holds teams back, growth in Scaling, and the proposed threshold."""
    told = insights_of(scope_of(reader(request)), request.GET.get("page"))
    return render(request, "teams/insights.html", {"insights": told, "page": told.page})


@require_safe
def table(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """One table as a file, all rows of it."""
    told = TABLES.get(name)
    if told is None:
        raise Http404
    return answer(told(scope_of(reader(request))), form)


@require_safe
def side_by_side(request: HttpRequest) -> HttpResponse:
    """Up to four teams of the address, with the same facts of each."""
    who = reader(request)
    chosen = choices(scope_of(who).named, request.GET.getlist("team"))
    context = {
        "choices": [*chosen, *[Choice("")] * (MOST - len(chosen))],
        "proposed": proposed(scope_of(who).named),
        "beside": beside(who, [each.team for each in chosen if each.team]),
    }
    wrong = any(each.problem for each in chosen)
    return render(request, "teams/side_by_side.html", context, status=UNPROCESSABLE if wrong else 200)


@require_safe
def side_by_side_table(request: HttpRequest, form: str) -> HttpResponse:
    """The facts of the same teams as a file, a row a team."""
    who = reader(request)
    chosen = choices(scope_of(who).named, request.GET.getlist("team"))
    told = beside(who, [each.team for each in chosen if each.team])
    return answer(side_by_side_of(told.rows if told else []), form)
