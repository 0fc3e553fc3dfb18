"""Read only, for a while: pages stay, nothing is written, jobs wait. The database holds it, whatever process asks.

The switch is a setting of the database's own for our role: new sessions begin read only, and the ones there are end.
PostgreSQL tells each session how it stands as it connects, so that asking here costs no query. Whoever has to write
meanwhile (a migration, a restore) says so for one command: PGOPTIONS="-c default_transaction_read_only=off".
"""

from collections.abc import Callable
from typing import Final

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg import sql

from lifecycle.middleware import typed_in

SETTING: Final = "default_transaction_read_only"
#: Seconds after which it is worth trying again: what it is switched on for takes minutes.
LATER: Final = "120"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: What a page sends. Anything else comes from a program.
FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", ""})


def is_on() -> bool:
    """Whether this process's session may not write."""
    if connection.connection is None:
        connection.ensure_connection()
    told: str | None = connection.connection.info.parameter_status(SETTING)
    return told == "on"


def switch(*, on: bool) -> int:
    """For our role in this database, from now on; how many sessions were ended so that they begin anew.

    A job that runs loses its session, as in a crash: nothing of it is kept, and it is done again.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET {SETTING} = off")  # this session's own, which the switch itself needs
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()
        order = "ALTER ROLE {} IN DATABASE {} SET {} = on" if on else "ALTER ROLE {} IN DATABASE {} RESET {}"
        cursor.execute(sql.SQL(order).format(*map(sql.Identifier, (user, database, SETTING))))
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        ended: int = cursor.fetchone()[0]
    return ended


def told(_request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """For every page: whether nothing can be written. One that asks the database for nothing connects for nothing."""
    return {"is_read_only": lambda: connection.connection is not None and is_on()}


def refused(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever sends something gets it back, and is told when to try again: 503, before any view begins.

    For htmx nothing is swapped: what was typed stays where it is, and static/js/notices.js says the rest.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in SAFE or not is_on():
            return get_response(request)
        response = _page(request) if request.content_type in FORMS else _problem()
        response["Retry-After"] = LATER
        return response

    return answer


def _page(request: HttpRequest) -> HttpResponse:
    context = {"typed": typed_in(request), "is_read_only": False}  # its heading says so already
    return render(request, "read_only.html", context, status=503)


def _problem() -> HttpResponse:
    """In the shape of the API's own (RFC 9457)."""
    detail = _("Nothing can be written right now. Nothing was kept: send it again after Retry-After seconds.")
    told = {"title": "Service Unavailable", "status": 503, "detail": detail, "errors": []}
    return JsonResponse(told, status=503, content_type="application/problem+json")
