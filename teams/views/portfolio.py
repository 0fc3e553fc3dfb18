"""The partner's landing page, and the same rows as a file."""

import csv
from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lifecycle.models import Stage
from teams import portfolio as portfolios
from teams.forms import PortfolioForm
from teams.views.page import reader

PAGE = 50
#: A cell that begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # full-width forms count too

COLUMNS = [
    "team",
    "stage",
    "in_stage_since",
    "gate",
    "conditions_settled",
    "conditions_required",
    "missing",
    "whose_move",
    "active",
    "active_change_12_months",
    "high_risks",
    "days_since_check_in",
    "data_complete_to",
    "own",
]


def _wanted(request: HttpRequest) -> tuple[PortfolioForm, dict[str, object]]:
    """The filters of the address; a field that makes no sense there filters nothing."""
    form = PortfolioForm(request.GET)
    form.is_valid()
    return form, form.cleaned_data


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """All teams the reader may see, as a board by stage or as a table."""
    form, wanted = _wanted(request)
    every = portfolios.rows_of(reader(request))
    rows = portfolios.chosen(every, wanted)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = portfolios.with_sparks(list(page.object_list))
    stages = list(Stage.objects.filter(retired=False))
    context = {
        "form": form,
        "totals": portfolios.totals_of(every),
        "page": page,
        "rows": shown,
        "board": [_column(stage, shown) for stage in stages],
        "groups": _split(shown),
        "is_table": request.GET.get("view") == "table",
        "is_empty": not every,
    }
    return render(request, "teams/portfolio.html", context)


def _column(stage: Stage, rows: list[portfolios.TeamRow]) -> dict[str, object]:
    """One column of the board."""
    here = [row for row in rows if row.team.stage_id == stage.pk]
    return {"stage": stage, "count": len(here), "groups": _split(here)}


def _split(rows: Iterable[portfolios.TeamRow]) -> dict[str, list[portfolios.TeamRow]]:
    """The reader's own teams, and those with other people."""
    groups: dict[str, list[portfolios.TeamRow]] = {"mine": [], "others": []}
    for row in rows:
        groups["mine" if row.is_mine else "others"].append(row)
    return groups


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The rows that the filters leave, all pages of them, as CSV that no spreadsheet runs."""
    _form, wanted = _wanted(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="portfolio.csv"'
    writer = csv.writer(response, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for row in portfolios.chosen(portfolios.rows_of(reader(request)), wanted):
        missing = "; ".join(f"{each.label} {each.gap}".strip() for each in row.verdict.blocking)
        cells = [row.team, row.team.stage, row.team.entered_on, row.verdict.state, row.settled]
        cells += [len(row.verdict.required), missing, row.mover, row.active, row.change, row.high_risks]
        cells += [row.days_silent, row.complete_to, "yes" if row.is_mine else "no"]
        writer.writerow([_safe(cell) for cell in cells])
    return response


def _safe(cell: object) -> object:
    """Text that a spreadsheet would run as a formula is marked as text; numbers stay numbers."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if not isinstance(cell, int) and text.startswith(FORMULA) else text
