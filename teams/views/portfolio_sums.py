"""Explain a number at the head of the portfolio, and take the list along."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lifecycle.tables import Table, answer, is_left_out, links
from teams import left_out, portfolio_sums
from teams.views.page import reader


def _explained(request: HttpRequest, key: str) -> portfolio_sums.Explained:
    if key not in portfolio_sums.SUMS:
        raise Http404
    return portfolio_sums.explain(reader(request), key)


@require_safe
def number(request: HttpRequest, key: str) -> HttpResponse:
    """What the number is, and what each team adds to it."""
    context = {
        "told": _explained(request, key),
        "files": links("teams:portfolio-number", [key]),
        "files_of_left_out": links("teams:portfolio-number", [key], left_out=True),
    }
    return render(request, "teams/portfolio_number.html", context)


@require_safe
def number_list(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The same teams as a file; or those that were left out."""
    told = _explained(request, key)
    if is_left_out(request.GET):
        return answer(left_out.table_of(f"portfolio-{key}", told.left_out, told.as_of), form)
    rows = ((line.team, line.stage, line.value, line.complete_to) for line in told.lines)
    heads = [_("Team"), _("Stage"), told.title, _("Data complete to")]
    return answer(Table(f"portfolio-{key}", heads, rows, told.as_of), form)
