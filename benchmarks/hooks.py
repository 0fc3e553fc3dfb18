"""A webhook's answer, against a view that does nothing, by the same client."""

import json
import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
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


def measure(stock: Stock) -> list[Line]:
    """One line: signed deliveries, each kept and its job asked for, against empty answers."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it
    stock.use(stock.small)
    source = Source.objects.order_by("pk")[0]
    hook = Hook.objects.create(source=source)
    actor, _made = User.objects.get_or_create(username="hooker", defaults={"email": "hooker@people.example"})
    HookSecret.objects.create(hook=hook, secret=SECRET, made_by=actor)
    client, body = Client(headers={"host": "localhost"}), _body()
    headers = {"X-GitHub-Event": "push", "X-Hub-Signature-256": hooks.signature_of(SECRET, body)}

    def deliver() -> None:
        for _number in range(REQUESTS):
            told = {**headers, "X-GitHub-Delivery": str(uuid.uuid4())}
            answer = client.post(f"/hooks/github/{hook.address}/", body, content_type="application/json", headers=told)
            if answer.status_code != 202:
                raise RuntimeError(answer.content.decode())

    def nothing() -> None:
        for _number in range(REQUESTS):
            client.post("/empty/", body, content_type="application/json", headers=headers)

    with override_settings(ROOT_URLCONF="benchmarks.hooks"):
        kept, plain = race(deliver, nothing)
    Delivery.objects.filter(source=source).delete()
    hook.delete()
    return [
        Line(
            "webhook: a delivery kept / an empty view",
            kept.median / plain.median,
            5,
            took=f"{kept} against {plain} for {REQUESTS}",
            note=f"{len(body):,} bytes, one process, no network",
        )
    ]
