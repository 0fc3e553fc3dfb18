"""What every view of a team shares: who reads, the whole page, and how a verb's answer becomes a response."""

from collections.abc import Callable
from functools import partial
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import reswap, retarget

from teams import forms, watching
from teams.access import seen_by
from teams.dashboard import Dashboard, dashboard_of
from teams.models import Population, Team, User
from teams.panels import TeamAsked, panels_of
from teams.refusals import Busy, Conflict, Refused
from teams.views.pictures import pictures_of

CONFLICT, UNPROCESSABLE, UNAVAILABLE = 409, 422, 503


class SeeOther(HttpResponseRedirect):
    """After a POST: fetch this by GET."""

    status_code = 303


def reader(request: HttpRequest) -> User:
    """The account that asks; the log-in middleware has let nobody else through."""
    return cast("User", request.user)


def kept_of(request: HttpRequest) -> str:
    """How the reader looks at the page, as the address says it: what they do there must not change it."""
    kept = {name: request.GET[name] for name in ("show", "population") if request.GET.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def context_of(request: HttpRequest, team: Team) -> dict[str, object]:
    """What the team's page and its fragments show to this reader, the forms empty."""
    access = seen_by(reader(request), team)
    population = request.GET.get("population", "")
    only_missing = request.GET.get("show") == "missing"
    dashboard = dashboard_of(
        team,
        reader=reader(request),
        access=access,
        population=Population(population) if population in Population.values else Population.VOLUNTEERS,
        only_missing=only_missing,
    )
    asked = TeamAsked(team, access, dashboard.population, dashboard.verdict, dashboard.measured)
    return {
        "team": team,
        "access": access,
        "dashboard": dashboard,
        "panels": partial(panels_of, asked),
        "run": dashboard.run,
        "pictures": partial(pictures_of, dashboard),
        "only_missing": only_missing,
        "kept": kept_of(request),
        "populations": Population.choices,
        **_forms(team, dashboard),
    }


def _forms(team: Team, dashboard: Dashboard) -> dict[str, Form]:
    return {
        "request_form": forms.RequestForm(),
        "decision_form": forms.DecisionForm(),
        "step_back_form": forms.StepBackForm(team, stages=dashboard.stages),
        "waiver_form": forms.WaiverForm(dashboard.verdict),
        "check_in_form": forms.CheckInForm(),
    }


def team_page(
    request: HttpRequest, team: Team, *, status: int = 200, problem: str = "", place: str = "", **typed: object
) -> HttpResponse:
    """The whole page of a team. `typed` are forms that came back with errors, by their name, so nothing is lost;
    `place` is where the problem is.
    """
    context = context_of(request, team) | typed | {"problem": problem, "place": place}
    context.setdefault("unsaid", request.session.pop("unsaid", None))  # once, after a comment was withdrawn
    context["is_watching"] = watching.is_watching(reader(request), team)
    response = render(request, "teams/team.html", context, status=status)
    if status == UNAVAILABLE:
        response["Retry-After"] = "3"
    return response


def overtaken(request: HttpRequest, team: Team, problem: str, typed: list[str]) -> HttpResponse:
    """The whole page as it is now, for a screen that shows what has no place there any more; what was typed is told."""
    unkept = [text for text in typed if text]
    response = team_page(request, team, status=CONFLICT, problem=problem, unkept=unkept, is_overtaken=True)
    return retarget(reswap(response, "innerHTML"), "body")


def acted(
    request: HttpRequest,
    team: Team,
    act: Callable[[], str],
    *,
    anchor: str,
    again: Callable[[int, str], HttpResponse],
    page: str = "teams:team",
) -> HttpResponse:
    """Runs a verb. What it says becomes a message on the team's page, or another of its pages (303); if it does not
    act, `again` shows the page once more with the status and the words: 422 for a rule, 409 for a conflict, 503 for a
    busy row.
    """
    try:
        words = act()
    except Refused as refused:
        return again(UNPROCESSABLE, refused.reason)
    except Conflict as conflict:
        return again(CONFLICT, str(conflict))
    except Busy:
        return again(UNAVAILABLE, _("Somebody is deciding on this team right now. Try again in a moment."))
    messages.success(request, words)
    return SeeOther(f"{reverse(page, args=[team.slug])}#{anchor}")


def submitted(
    request: HttpRequest, team: Team, form: Form, act: Callable[[], str], *, name: str, anchor: str, place: str = ""
) -> HttpResponse:
    """A form of the team's page: 422 with its errors, or the verb. It stands at `place`, if not where one goes on."""

    def again(status: int, problem: str) -> HttpResponse:
        fresh = Team.objects.select_related("stage").get(pk=team.pk)
        return team_page(request, fresh, status=status, problem=problem, place=place or anchor, **{name: form})

    if not form.is_valid():
        return again(UNPROCESSABLE, _("Something in the form needs another look."))
    return acted(request, team, act, anchor=anchor, again=again)


def answered(
    request: HttpRequest, form: Form, act: Callable[[], str], *, again: Callable[[int, str], HttpResponse], to: str
) -> HttpResponse:
    """A form of a page of its own: 303 with what the verb says; else the page `again`, nothing typed lost."""
    if not form.is_valid():
        return again(UNPROCESSABLE, "")
    try:
        words = act()
    except Refused as refused:
        return again(UNPROCESSABLE, refused.reason)
    except Conflict as conflict:
        return again(CONFLICT, str(conflict))
    except Busy:
        response = again(UNAVAILABLE, _("Somebody is changing this right now. Try again in a moment."))
        response["Retry-After"] = "3"
        return response
    messages.success(request, words)
    return SeeOther(to)
