"""What all teams together tell, and its tables as files."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lifecycle.tables import Table, answer, is_left_out, links
from teams import left_out
from teams.insights import insights_of
from teams.insights.beside import MOST, Beside, Choice, beside, choices, proposed
from teams.insights.explained import TOLD, Explained
from teams.insights.scope import scope_of
from teams.insights.tables import TABLES, levels_of, side_by_side_of
from teams.views.page import UNPROCESSABLE, reader

TEAMS_A_PAGE = 50


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


def _explained(request: HttpRequest, key: str) -> Explained:
    teller = TOLD.get(key)
    if teller is None:
        raise Http404
    return teller(scope_of(reader(request)), request.GET)


@require_safe
def number(request: HttpRequest, key: str) -> HttpResponse:
    """What a number of the insights is made of."""
    told = _explained(request, key)
    context = {
        "told": told,
        "page": Paginator(told.rows, TEAMS_A_PAGE).get_page(request.GET.get("page")),
        "is_all": scope_of(reader(request)).is_all,
        "files": links("teams:insights-number", [key], request.GET),
        "files_of_left_out": links("teams:insights-number", [key], request.GET, left_out=True),
    }
    return render(request, "teams/insight_number.html", context)


@require_safe
def number_list(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The same teams as a file; or those that were left out."""
    told, name = _explained(request, key), f"insights-{key}"
    if is_left_out(request.GET):
        return answer(left_out.table_of(name, told.left_out, told.as_of), form)
    rows = ((line.team, *line.values) for line in told.lines)
    return answer(Table(name, told.heads, rows, told.as_of, definition=told.formula), form)


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
    told = _beside(request)
    return answer(side_by_side_of(told.rows if told else []), form)


@require_safe
def side_by_side_levels(request: HttpRequest, form: str) -> HttpResponse:
    """Their levels as a file, a row a month and team."""
    return answer(levels_of(_beside(request)), form)


def _beside(request: HttpRequest) -> Beside | None:
    who = reader(request)
    chosen = choices(scope_of(who).named, request.GET.getlist("team"))
    return beside(who, [each.team for each in chosen if each.team])
