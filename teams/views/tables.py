"""Every table of a team's pages as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lifecycle.tables import answer
from teams.access import access_to, team_for
from teams.tables import REGISTERED, TableAsked
from teams.views.page import reader


@require_safe
def table(request: HttpRequest, slug: str, name: str, form: str) -> HttpResponse:
    """The table of that name, with what the address asks for."""
    found = REGISTERED.get(name)
    team = team_for(request, slug, *(found.roles if found else ()))
    if found is None:
        raise Http404
    return answer(found.teller(TableAsked(team, access_to(reader(request), team), request.GET)), form)
