"""What every view of data begins and ends with."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url

from teams.access import seen_by, team_for
from teams.models import Team, User


def account(request: HttpRequest) -> User:
    """Who asks."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def importer(request: HttpRequest, slug: str) -> Team:
    """The team, for somebody who may bring data in. A retired team takes none."""
    team = team_for(request, slug)
    if not seen_by(account(request), team).can_import:
        raise PermissionDenied
    return team


class SeeOther(HttpResponseRedirect):
    """What a POST answers when it has done something: the address to GET (303)."""

    status_code = 303


def see(name: str, *args: object) -> SeeOther:
    """The page that shows what was done."""
    return SeeOther(resolve_url(name, *args))
