"""What holds for every answer: who is not logged in is led back, and nothing personal stays in a cache."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget


class LoginRequired(LoginRequiredMiddleware):
    """To the log-in page, and from there back to the *page*: never to a fragment or to what only takes POST.

    Whoever wrote something in the meantime gets it back first: their log-in has ended, their words have not.
    """

    def handle_no_permission(  # type: ignore[override]  # the window's redirect is no 302
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        """A redirect; for htmx one of the whole window, for the log-in page does not belong into a row."""
        if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
            return super().handle_no_permission(request, view_func)
        came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
        page = urlsplit(came_from)
        there = f"{page.path}?{page.query}" if page.query else page.path
        to_login = redirect_to_login(there if is_ours and there else "/", self.get_login_url(view_func))
        if typed := typed_in(request):
            answer = render(request, "ended.html", {"typed": typed, "to_login": to_login.url}, status=401)
            return retarget(reswap(answer, "innerHTML"), "body")
        return HttpResponseClientRedirect(to_login.url) if request.headers.get("HX-Request") else to_login


def typed_in(request: HttpRequest) -> list[str]:
    """What was sent in words of one's own: all that has more than one, and is no password."""
    sent = (text.strip() for name, texts in request.POST.lists() if "password" not in name for text in texts)
    return [text for text in sent if len(text.split()) > 1]


def without_devices(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No page asks the browser for a camera, a microphone or a place; so none may, whatever gets into it."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return answer


def private(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answers to somebody who is logged in are kept by nobody: "back" after a log-out shows no one's names.

    A page that may stay with its reader, to be asked for again by its ETag, says so itself, and goes at the log-out.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        is_known = request.user.is_authenticated
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        if is_known and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache"'
        return response

    return answer
