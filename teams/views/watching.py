"""Watching a team, or not."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from teams import watching
from teams.access import team_for
from teams.views.page import SeeOther, reader


@require_POST
def watch(request: HttpRequest, slug: str) -> HttpResponse:
    """The reader's word: `watch` is "on", or anything else."""
    team = team_for(request, slug)
    watching.watch(team, actor=reader(request), is_on=request.POST.get("watch") == "on")
    return SeeOther(reverse("teams:team", args=[team.slug]))
