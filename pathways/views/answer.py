"""How a verb's answer becomes a response."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from pathways.models import Pathway
from teams.access import team_for
from teams.models import Role, Team
from teams.refusals import Busy, Conflict, Refused
from teams.views.page import CONFLICT, UNAVAILABLE, UNPROCESSABLE, SeeOther

#: The page once more: with a status, and what is wrong in words.
Again = Callable[[int, str], HttpResponse]
Made = TypeVar("Made")


def team_of(request: HttpRequest, slug: str) -> Team:
    """The team, for its readers; for what is posted, its activators. The verbs ask again."""
    return team_for(request, slug) if request.method != "POST" else team_for(request, slug, Role.ACTIVATOR)


def pathway_of(request: HttpRequest, slug: str, pathway: str, *roles: Role) -> Pathway:
    """A pathway of the team at an address, for whoever may come through the team's door."""
    team = team_for(request, slug, *roles) if roles else team_of(request, slug)
    found = get_object_or_404(Pathway, team=team, slug=pathway)
    found.team = team
    return found


def answer(
    request: HttpRequest, verb: Callable[[], Made], *, said: str, to: str | Callable[[Made], str], again: Again
) -> HttpResponse:
    """Runs a verb and goes on (303) with a message, to an address or to that of what it made; or shows the page once
    more: 422 for a rule, 409 for a conflict.
    """
    try:
        made = verb()
    except Refused as refused:
        return again(UNPROCESSABLE, refused.reason)
    except Conflict as conflict:
        return again(CONFLICT, conflict.reason)
    except Busy:
        response = again(UNAVAILABLE, _("Somebody is writing to this team right now. Try again in a moment."))
        response["Retry-After"] = "3"
        return response
    messages.success(request, said)
    return SeeOther(to if isinstance(to, str) else to(made))


def needs_another_look() -> str:
    """What stands above a form that came back."""
    return _("Something in the form needs another look.")
