"""A webhook's answer over HTTP, against a view that does nothing, of the same server."""

import http.client
import json
import threading
import uuid
from collections.abc import Mapping
from wsgiref.simple_server import WSGIRequestHandler

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.servers.basehttp import WSGIServer
from django.core.wsgi import get_wsgi_application
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from benchmarks.line import Line, race
from benchmarks.stock import Stock
from metrics import hooks
from metrics.models import Delivery, Hook, HookSecret, Source
from teams.models import User

#: Deliveries of one repetition.
REQUESTS = 50
SECRET = "a secret of the benchmark"


@csrf_exempt
@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing, of the same body."""
    return HttpResponse(status=202)


urlpatterns = [path("empty/", empty), path("", include("lifecycle.urls"))]


def _body() -> bytes:
    """A push of ten commits, about as large as GitHub's are."""
    author = {"name": "Ann Lind", "email": "ann@home.example", "username": "ann"}
    commits = [
        {
            "id": uuid.uuid4().hex + "0" * 8,
            "message": "Mend the lamp\n\n" + "Because it was dark. " * 10,
            "timestamp": "2026-01-10T12:00:00+01:00",
            "distinct": True,
            "author": author,
            "added": ["lamp.py"] * 5,
        }
        for _number in range(10)
    ]
    repository = {"default_branch": "main", "html_url": "https://github.com/lantern/lamp", "description": "x" * 5_000}
    return json.dumps({"ref": "refs/heads/main", "commits": commits, "repository": repository}).encode()


class _Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_words: object) -> None:
        """Nothing."""


def _post(port: int, address: str, body: bytes, headers: Mapping[str, str]) -> None:
    connection = http.client.HTTPConnection("localhost", port)
    try:
        connection.request("POST", address, body, dict(headers))
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 202:
            raise RuntimeError(f"{address}: {answer.status} {said!r}")
    finally:
        connection.close()


def measure(stock: Stock) -> list[Line]:
    """One line: signed deliveries, each kept and its job asked for, against empty answers."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it
    stock.use(stock.small)
    source = Source.objects.order_by("pk")[0]
    hook = Hook.objects.create(source=source)
    actor, _made = User.objects.get_or_create(username="hooker", defaults={"email": "hooker@people.example"})
    HookSecret.objects.create(hook=hook, sealed=hooks.sealed(SECRET), made_by=actor)
    body = _body()
    headers = {"X-GitHub-Event": "push", "X-Hub-Signature-256": hooks.signature_of(SECRET, body)}
    headers |= {"Content-Type": "application/json"}
    with override_settings(ROOT_URLCONF="benchmarks.hooks"):
        # Connections are kept, as a pool keeps them in production.
        connections.settings[DEFAULT_DB_ALIAS]["CONN_MAX_AGE"] = None
        server = WSGIServer(("127.0.0.1", 0), _Quiet)
        server.set_app(get_wsgi_application())
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def ask(address: str, **more: str) -> None:
            for _number in range(REQUESTS):
                told = {**headers, **more, "X-GitHub-Delivery": str(uuid.uuid4())}
                _post(server.server_port, address, body, told)

        kept, plain = race(lambda: ask(f"/hooks/github/{hook.address}/"), lambda: ask("/empty/"))
        server.shutdown()
        connections.settings[DEFAULT_DB_ALIAS]["CONN_MAX_AGE"] = 0
        server.server_close()
    Delivery.objects.filter(source=source).delete()
    hook.delete()
    return [
        Line(
            "webhook: a delivery kept / an empty view",
            kept.median / plain.median,
            5,
            took=f"{kept} against {plain} for {REQUESTS}",
            note=f"{len(body):,} bytes, one process, over loopback",
        )
    ]
