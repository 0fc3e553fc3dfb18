"""One team's page and the fragments of it that change by themselves."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from teams.access import team_for
from teams.dashboard import Dashboard
from teams.views.page import context_of, team_page


@require_safe
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """The dashboard."""
    return team_page(request, team_for(request, slug))


@require_safe
def gate(request: HttpRequest, slug: str) -> HttpResponse:
    """The gate, asked again each second while its numbers are behind: 204 until they are not, then what hangs on it
    comes along. Without htmx the gate alone.
    """
    context = context_of(request, team_for(request, slug))
    if "HX-Request" not in request.headers:
        return render(request, "teams/_gate.html", context)
    if cast("Dashboard", context["dashboard"]).updating:
        return HttpResponse(status=204)
    return render(request, "teams/_gate_answer.html", context)
