"""What all teams together tell, and its tables as files."""

from collections.abc import Callable, Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lifecycle import clock, sheets
from lifecycle.models import Stage
from teams.insights import insights_of
from teams.insights.beside import MOST, Choice, beside, choices, proposed
from teams.insights.growing import growing, row_of, targets
from teams.insights.holding import holding
from teams.insights.jump import jump_of
from teams.insights.scope import Scope, scope_of
from teams.insights.stays import stays
from teams.views.page import UNPROCESSABLE, reader

Sheet = tuple[list[str], Iterable[Iterable[object]]]


@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    """Time per stage, what holds teams back, growth in Scaling, and the proposed threshold."""
    told = insights_of(scope_of(reader(request)), request.GET.get("page"))
    return render(request, "teams/insights.html", {"insights": told, "page": told.page})


@require_safe
def table(request: HttpRequest, name: str) -> HttpResponse:
    """One table as CSV, all rows of it."""
    sheet = SHEETS.get(name)
    if sheet is None:
        raise Http404
    header, rows = sheet(scope_of(reader(request)))
    return sheets.download(f"{name}-{clock.today().isoformat()}.csv", header, rows)


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
def side_by_side_table(request: HttpRequest) -> HttpResponse:
    """The facts of the same teams as CSV, a row a team."""
    who = reader(request)
    chosen = choices(scope_of(who).named, request.GET.getlist("team"))
    told = beside(who, [each.team for each in chosen if each.team])
    header = [_("Team"), _("Stage"), _("In the stage since"), _("Gate"), _("Conditions settled"), _("Conditions")]
    header += [_("Active"), _("Change in 12 months"), _("High risks"), _("Days since a check-in"), _("Data to")]
    rows = (
        [
            *(row.name, row.stage_name, row.entered_on, row.gate_in_words, row.settled, row.required),
            *(row.active, row.change, row.high_risks, row.days_silent, row.complete_to),
        ]
        for row in (told.rows if told else [])
    )
    return sheets.download(f"side-by-side-{clock.today().isoformat()}.csv", header, rows)


def _stays(scope: Scope) -> Sheet:
    header = [_("Stage"), _("Stays"), _("Number"), _("A quarter within"), _("Half within"), _("Three quarters within")]
    told = stays(scope.counted, list(Stage.objects.filter(retired=False)))
    rows = (
        [row.stage, words, each.stays, each.lower, each.median, each.upper]
        for row in told
        for words, each in ((_("over"), row.over), (_("still here"), row.running))
        if each
    )
    return header, rows


def _holding(scope: Scope) -> Sheet:
    header = [_("Stage"), _("Condition"), _("Teams"), _("Of them undecided"), _("Teams in the stage")]
    told = holding(scope.counted, list(Stage.objects.filter(retired=False)))
    return header, ([row.stage, row.label, row.teams, row.unknown, row.of] for row in told)


def _growth(scope: Scope) -> Sheet:
    header = [_("Team"), _("Stage"), _("In the stage since"), _("Active then"), _("Active now"), _("Times")]
    header += [_("Asked for"), _("As of"), _("Why there is none")]
    wanted = targets()
    told = (row_of(each, wanted.get(each.team.stage_id)) for each in growing(scope.named))
    return header, (
        [
            *(each.team, each.team.stage, each.team.entered_on, each.before, each.now, each.times, each.target),
            *(each.as_of, each.reason),
        ]
        for each in told
    )


def _jump(scope: Scope) -> Sheet:
    header = [_("Team"), _("From"), _("To"), _("Active then"), _("Active at the end"), _("Growth")]
    told = jump_of(scope.named).teams
    return header, ([each.team, each.since, each.until, each.before, each.after, each.growth] for each in told)


SHEETS: dict[str, Callable[[Scope], Sheet]] = {
    "stays": _stays,
    "conditions": _holding,
    "growth": _growth,
    "contribution-jump": _jump,
}
