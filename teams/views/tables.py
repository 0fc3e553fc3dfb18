"""Every table of a team's pages as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lifecycle.tables import answer
from teams.access import team_for
from teams.refusals import Busy
from teams.tables import REGISTERED, TableAsked
from teams.views.page import UNAVAILABLE


@require_safe
def table(request: HttpRequest, slug: str, name: str, form: str) -> HttpResponse:
    """The table of that name, with what the address asks for."""
    asked = REGISTERED.get(name)
    team = team_for(request, slug, *(asked.roles if asked else ()))
    if asked is None:
        raise Http404
    try:
        return answer(asked.tell(TableAsked(team, request.GET)), form)
    except Busy:
        return HttpResponse(status=UNAVAILABLE, headers={"Retry-After": "3"})
