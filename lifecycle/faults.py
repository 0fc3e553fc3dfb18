"""What is answered when something fails that no view expected."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

#: Seconds after which a browser or a program may try again.
LATER = "5"


def failed(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours. While the database does not answer it is none, and waiting helps: 503.

    Drawn without the database, a session or a user: any of them may be what failed.
    """
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": LATER})
    return server_error(request)
