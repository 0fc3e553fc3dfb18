"""Who comes in, at each request: the reader, what waits for their own answer, and whether they owe a second factor."""

from collections.abc import Callable
from typing import Any, Final

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from lifecycle import clock
from teams import second_factor
from teams.models import User
from teams.offers import OFFERED, Offer

#: The pages on which one turns it on, or logs out.
OPEN: Final = ("mfa_", "account_")
READER: Final = (
    f"SELECT teams_user.*, {second_factor.DUE} AS factor_due, {OFFERED} AS offered"
    " FROM teams_user WHERE is_active AND id = %s"
)


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """allauth's, which reads with the reader by when the second factor is due, and the roles that are offered to them:
    so no request asks for it apart.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Who it is. One password is hashed, whoever is named: an address that allauth is told both as a name and as
        an address would be tried twice if it had an account, and the time would tell."""
        if "email" in credentials and credentials["email"] == credentials.get("username"):
            del credentials["email"]  # as a name, it is looked for as an address as well
        found: User | None = super().authenticate(request, **credentials)
        return found

    def get_user(self, user_id: int) -> User | None:
        """A working account, as Django's own backend has it."""
        today = clock.today()
        for user in User.objects.raw(READER, [today, today, clock.now(), user_id]):
            user.offers = tuple(Offer(**each) for each in getattr(user, "offered", None) or ())
            return user
        return None


class SecondFactorFirst:
    """Leads whoever is overdue to the page on which one turns it on. What needs no log-in stays open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """As it is."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], *_args: object
    ) -> HttpResponse | None:
        """Before the view of any page but these."""
        name = (request.resolver_match.url_name if request.resolver_match else "") or ""
        needs_nobody = not getattr(view_func, "login_required", True)
        if needs_nobody or name.startswith(OPEN) or not getattr(request.user, "owes_second_factor", False):
            return None
        there = resolve_url("mfa_activate_totp")
        return HttpResponseClientRedirect(there) if request.headers.get("HX-Request") else redirect(there)
