"""Whether the portfolio has changed since somebody last saw it: told before anything of it is read."""

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.crypto import salted_hmac

from lifecycle import clock, release
from teams import glances, portfolio
from teams.views.page import reader


def state_of(request: HttpRequest) -> str:
    """A word for everything that the answer depends on. Two answers of one state are the same, byte for byte but for
    the mask of the CSRF token. One query.

    Whoever adds something to the page that none of these tells has to add it here.
    """
    user = reader(request)
    if "CSRF_COOKIE" not in request.META:
        get_token(request)  # the secret that the page's token is made of comes with this answer
    parts = (
        release.digest(),
        glances.language(),
        clock.today(),
        (user.pk, str(user), user.is_admin, user.introduced, user.offers, request.session.session_key),
        request.META["CSRF_COOKIE"],
        request.headers.get("HX-Request"),
        request.get_full_path(),
        portfolio.state_of(user),
    )
    return salted_hmac("teams.views.unchanged", repr(parts), algorithm="sha256").hexdigest()[:32]


def is_told_once(request: HttpRequest) -> bool:
    """The answer carries messages, which nobody gets a second time."""
    return len(get_messages(request)) > 0
