"""The partner's landing page, and the same rows as a file."""

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lifecycle import sheets
from lifecycle.models import Stage
from teams import portfolio as portfolios
from teams.portfolio_forms import PortfolioForm
from teams.runs import run_of
from teams.views.page import reader

PAGE = 50
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
        "board": [_column(stage, shown, rows) for stage in stages],
        "groups": _split(shown),
        "is_table": request.GET.get("view") == "table",
        "is_empty": not every,
        "run": run_of(row.team for row in every) if every else None,
    }
    return render(request, "teams/portfolio.html", context)


def _column(stage: Stage, shown: list[portfolios.TeamRow], rows: list[portfolios.TeamRow]) -> dict[str, object]:
    """One column of the board: its teams of this page, and how many there are on all pages."""
    here = [row for row in shown if row.team.stage_id == stage.pk]
    count = sum(row.team.stage_id == stage.pk for row in rows)
    return {"stage": stage, "count": count, "is_elsewhere": count > len(here), "groups": _split(here)}


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
    rows = portfolios.chosen(portfolios.rows_of(reader(request)), wanted)
    return sheets.download("portfolio.csv", COLUMNS, [_cells(row) for row in rows])


def _cells(row: portfolios.TeamRow) -> list[object]:
    """One line of the file."""
    missing = "; ".join(f"{each.label}: {each.lack}" for each in row.verdict.blocking)
    cells: list[object] = [row.team, row.team.stage, row.team.entered_on, row.verdict.state, row.settled]
    cells += [len(row.verdict.required), missing, row.mover, row.active, row.change, row.high_risks]
    return [*cells, row.days_silent, row.complete_to, "yes" if row.is_mine else "no"]
