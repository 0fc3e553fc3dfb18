"""The partner's landing page, and the same rows as a file."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from lifecycle import kept
from lifecycle.models import Stage
from lifecycle.tables import Table, answer
from teams import beginnings, introductions, invitations, people
from teams import portfolio as portfolios
from teams.models import Role, User
from teams.portfolio_forms import PortfolioForm
from teams.portfolio_rows import TeamRow
from teams.views import cards, unchanged
from teams.views.page import SeeOther, reader

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
    """All teams the reader may see, as a board by stage or as a table; nothing but a 304 to who has it already."""
    state = unchanged.state_of(request)
    if unchanged.is_told_once(request):
        return _whole(request, state)
    tag = f'"{state}"'
    response = get_conditional_response(request, etag=tag) or _whole(request, state)
    response["ETag"], response["Cache-Control"] = tag, "private, no-cache"
    return response


def _whole(request: HttpRequest, state: str) -> HttpResponse:
    """The page. Of each reader the last one is kept, but for what surrounds it, and is good as long as its state is."""
    name = f"portfolio:{reader(request).pk}"
    kept_state, main, run = kept.get([name]).get(name, (None, "", None))
    if kept_state != state:
        form, wanted = _wanted(request)
        look = portfolios.look(reader(request), wanted, request.GET.get("page"), is_board=not _is_table(request))
        context = {"form": form, "look": look, "page": look.page, "totals": look.totals}
        context |= {"teams": _teams(request, form, look), "is_table": _is_table(request)}
        context |= _beginnings(reader(request), look)
        main, run = render_to_string("teams/_portfolio.html", context, request), look.run
        kept.put({name: (state, main, run)})
    return render(request, "teams/portfolio.html", {"main": main, "run": run})


def _beginnings(user: User, look: portfolios.Look) -> dict[str, object]:
    """What whoever is new here does first; to whom no team is shown yet, what waits for an answer."""
    found = [beginnings.of_organisation(user), *introductions.of_reader(user)]
    waiting = [*people.appointments(user), *invitations.waiting_for(user)] if look.is_empty else []
    return {"beginnings": [each for each in found if each], "invitations": waiting}


def _is_table(request: HttpRequest) -> bool:
    return request.GET.get("view") == "table"


def _teams(request: HttpRequest, form: PortfolioForm, look: portfolios.Look) -> SafeString:
    """The rows of the page, on a board or in a table."""
    html = cards.drawn(look.rows, cards.LINE if _is_table(request) else cards.CARD)
    if _is_table(request):
        context = {"groups": _split(look.rows, html), "sort": form.cleaned_data.get("sort") or "gate"}
        return render_to_string("teams/_table.html", context, request)
    board = [_column(stage, look, html) for stage in form.stages]
    context = {"board": board, "is_own": look.totals.is_own, "is_cut": look.page is None, "is_none": not look.rows}
    return render_to_string("teams/_board.html", context, request)


def _column(stage: Stage, look: portfolios.Look, html: dict[int, SafeString]) -> dict[str, object]:
    """One column of the board: its teams that are seen, and how many there are in all."""
    here = [row for row in look.rows if row.stage_id == stage.pk]
    count = look.in_stage.get(stage.pk, 0)
    return {"stage": stage, "count": count, "is_elsewhere": count > len(here), "groups": _split(here, html)}


def _split(rows: Iterable[TeamRow], html: dict[int, SafeString]) -> dict[str, list[SafeString]]:
    """The reader's own teams, and those with other people."""
    groups: dict[str, list[SafeString]] = {"mine": [], "others": []}
    for row in rows:
        groups["mine" if row.is_mine else "others"].append(html[row.team_id])
    return groups


@require_POST
def introduction_end(request: HttpRequest, role: str) -> HttpResponse:
    """Puts the introduction to a role away, for good."""
    if role not in Role.values:
        raise Http404
    introductions.put_away(reader(request), Role(role))
    return SeeOther(reverse("teams:portfolio"))


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The rows that the filters leave, all pages of them, as a file."""
    _form, wanted = _wanted(request)
    rows = portfolios.rows_of(reader(request), wanted)
    return answer(Table("portfolio", COLUMNS, [_cells(row) for row in rows]), form)


def _cells(row: TeamRow) -> list[object]:
    """One line of the file."""
    missing = "; ".join(f"{each['label']}: {each['lack']}" for each in row.lacks)
    cells: list[object] = [row.name, row.stage_name, row.entered_on, row.outcome, row.settled]
    cells += [row.required, missing, row.mover, row.active, row.change, row.high_risks]
    return [*cells, row.days_silent, row.complete_to, "yes" if row.is_mine else "no"]
