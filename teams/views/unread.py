"""How many notifications wait for the reader: asked once a request, by whichever page shows it."""

from functools import partial
from typing import cast

from django.http import HttpRequest

from teams import notifications

_KEPT = "_unread_notifications"


def unread(request: HttpRequest) -> dict[str, object]:
    """For every template: `unread`, which asks nothing until somebody looks at it."""
    return {"unread": partial(number_of, request)}


def number_of(request: HttpRequest) -> int:
    """The number; none for who is not logged in."""
    if not request.user.is_authenticated:
        return 0
    if not hasattr(request, _KEPT):
        setattr(request, _KEPT, notifications.number_of_unread(request.user))
    return cast("int", getattr(request, _KEPT))
