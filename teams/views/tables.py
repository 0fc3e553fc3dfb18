"""Every table of a team's pages as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lifecycle.tables import answer
from teams.access import team_for
from teams.tables import REGISTERED, TableAsked


@require_safe
def table(request: HttpRequest, slug: str, name: str, form: str) -> HttpResponse:
    """The table of that name, with what the address asks for."""
    team = team_for(request, slug)
    if name not in REGISTERED:
        raise Http404
    return answer(REGISTERED[name](TableAsked(team, request.GET)), form)
