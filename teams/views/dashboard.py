"""One team's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from teams.models import Team


def team(request: HttpRequest, slug: str) -> HttpResponse:
    """The dashboard."""
    return render(request, "teams/team.html", {"team": Team.objects.none().get()})
