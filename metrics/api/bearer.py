"""The door of the API: who comes with a token, and the one team that it opens."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja.security import HttpBearer

from metrics import tokens
from metrics.tokens import Bearer
from teams.models import Team


class Token(HttpBearer):
    """`Authorization: Bearer ...`, and nothing else: no session opens the API, so no page can make a browser use it."""

    def authenticate(self, request: HttpRequest, token: str) -> Bearer | None:
        """Who it is."""
        return tokens.bearer(token)


def bearer_of(request: HttpRequest) -> Bearer:
    """Who asks."""
    return cast("Bearer", request.auth)  # type: ignore[attr-defined]  # ninja puts it there


def team_of(request: HttpRequest, slug: str) -> Team:
    """The token's team, if it is the one at the address. Raises Http404 alike for another and for none."""
    team = bearer_of(request).token.team
    if team.slug != slug:
        raise Http404
    return team


def writable(request: HttpRequest, slug: str) -> Team:
    """The same, for who may write. Raises PermissionDenied for a token that only reads."""
    team = team_of(request, slug)
    if not bearer_of(request).may_write:
        raise PermissionDenied
    return team
