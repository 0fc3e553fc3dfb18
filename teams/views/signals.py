"""One risk signal, and its two answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from teams import sightings, signals
from teams.access import seen_by, team_for
from teams.dashboard.signals import row_of
from teams.models import MilestoneEvent, Role, Signal, Team
from teams.signal_forms import AcceptForm, DismissForm, proposed
from teams.views.page import UNPROCESSABLE, acted, reader


@require_http_methods(["GET", "HEAD", "POST"])
def signal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One signal with its evidence; a POST puts it on the register."""
    team = team_for(request, slug)
    found = _found(team, pk)
    if request.method != "POST":
        return _page(request, team, found)
    team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = AcceptForm(team, request.POST)
    if not form.is_valid():
        return _page(request, team, found, accept=form, status=UNPROCESSABLE)

    def act() -> str:
        signals.accept(found, actor=reader(request), **form.cleaned_data)
        return _("The risk is on the register.")

    def again(status: int, problem: str) -> HttpResponse:
        return _page(request, team, _found(team, pk), accept=form, status=status, problem=problem)

    return acted(request, team, act, anchor="risks", again=again)


@require_POST
def dismissal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Dismisses a signal, with a reason."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    found = _found(team, pk)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _page(request, team, found, dismiss=form, status=UNPROCESSABLE)

    def act() -> str:
        signals.dismiss(found, actor=reader(request), **form.cleaned_data)
        return _("The signal is dismissed.")

    def again(status: int, problem: str) -> HttpResponse:
        return _page(request, team, _found(team, pk), dismiss=form, status=status, problem=problem)

    return acted(request, team, act, anchor="risks", again=again)


def _found(team: Team, pk: int) -> Signal:
    rows = Signal.objects.select_related("who", "catalogue__stage", "risk", "answered_by")
    return get_object_or_404(rows, team=team, pk=pk)


def _page(
    request: HttpRequest,
    team: Team,
    signal: Signal,
    *,
    accept: AcceptForm | None = None,
    dismiss: DismissForm | None = None,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    """The signal with both forms; in a conflict the fresh signal stands above what was typed."""
    context = {
        "team": team,
        "access": seen_by(reader(request), team),
        "row": row_of(team, signal),
        "ticks": _ticks(team, signal),
        "accept_form": accept or AcceptForm(team, initial=proposed(team, signal)),
        "dismiss_form": dismiss or DismissForm(initial={"seen": signal.degree}),
        "dismissed_days": signals.DISMISSED_DAYS,
        "problem": problem,
    }
    return render(request, "teams/signal.html", context, status=status)


def _ticks(team: Team, signal: Signal) -> list[MilestoneEvent]:
    """The ticks that were counted, where they are the evidence."""
    if signal.kind != Signal.Kind.TICKS:
        return []
    rows = sightings.ticks_of([team], signal.as_of).filter(at__date__lte=signal.as_of)
    return list(rows.select_related("milestone", "actor").order_by("-id"))
