"""What is answered when something fails that no view expected."""

import sys

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error
from psycopg.errors import ReadOnlySqlTransaction

#: Seconds after which a browser or a program may try again.
LATER = "5"


def failed(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours. While the database does not answer it is none, and waiting helps: 503.

    Drawn without the database, a session or a user: any of them may be what failed. A page that has to write so as to
    be read waits too while nothing is written (lifecycle/read_only.py).
    """
    fault = sys.exception()
    only_read = isinstance(fault, InternalError) and isinstance(fault.__cause__, ReadOnlySqlTransaction)
    if only_read or isinstance(fault, OperationalError | InterfaceError):
        page = render_to_string("503.html", {"only_read": only_read})
        return HttpResponse(page, status=503, headers={"Retry-After": LATER})
    return server_error(request)
