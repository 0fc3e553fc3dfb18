"""Explain a number at the head of the portfolio, and take the list along."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lifecycle.tables import Table, answer
from teams import portfolio_sums
from teams.views.page import reader


def _explained(request: HttpRequest, key: str) -> portfolio_sums.Explained:
    if key not in portfolio_sums.SUMS:
        raise Http404
    return portfolio_sums.explain(reader(request), key)


@require_safe
def number(request: HttpRequest, key: str) -> HttpResponse:
    """What the number is, and what each team adds to it."""
    return render(request, "teams/portfolio_number.html", {"told": _explained(request, key), "key": key})


@require_safe
def number_list(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The same teams as a file."""
    told = _explained(request, key)
    rows = ((line.team, line.stage, line.value, line.complete_to) for line in told.lines)
    heads = [_("Team"), _("Stage"), told.title, _("Data complete to")]
    return answer(Table(f"portfolio-{key}", heads, rows, told.as_of), form)
