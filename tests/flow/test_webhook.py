"""GitHub's payloads, sent by an HTTP client to the running server, read by a worker, counted."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from lifecycle import jobs
from metrics import hooks
from metrics.models import Contribution, Delivery, Hook, HookSecret
from pathways.models import Contributor
from tests.factories import KindFactory, SourceFactory, UserFactory
from tests.metrics.sources import payloads
from tests.metrics.sources.items import account

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "a secret that is long enough"


@pytest.fixture
def hook() -> Hook:
    for key in ("change_request", "change_request_merged", "issue", "review", "comment"):
        KindFactory.create(key=key)
    source = SourceFactory.create(type="github", default_kind=KindFactory.create(key="commit"))
    made: Hook = Hook.objects.create(source=source)
    HookSecret.objects.create(hook=made, sealed=hooks.sealed(SECRET), made_by=UserFactory.create())
    return made


def send(server: LiveServer, hook: Hook, event: str, payload: Any, *, guid: str, secret: str = SECRET) -> int:
    """As GitHub does; the answer's status."""
    body = json.dumps(payload, indent=1).encode()  # however it is written, these bytes are what is signed
    request = urllib.request.Request(
        f"{server.url}/hooks/github/{hook.address}/",
        body,
        {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/1",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": guid,
            "X-Hub-Signature-256": hooks.signature_of(secret, body),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_what_github_sends_is_kept_read_and_counted_once(live_server: LiveServer, hook: Hook) -> None:
    mended = payloads.thing(6) | {"user": account("mender[bot]", 7, kind="Bot")}
    sent = [
        ("ping", {"zen": "Speak like a human."}),
        ("push", payloads.push(*(payloads.commit(f"{number:040x}") for number in (1, 2, 3)))),
        ("pull_request", payloads.pull_request("closed", merged=True, merged_at="2019-05-16T10:00:00Z")),
        ("issues", payloads.delivery(action="opened", issue=payloads.thing() | {"user": None})),
        (
            "issue_comment",
            payloads.delivery(action="created", issue=payloads.thing(), comment=mended),
        ),
    ]
    for number, (event, payload) in enumerate(sent):
        assert send(live_server, hook, event, payload, guid=f"{number}") == 202
        assert send(live_server, hook, event, payload, guid=f"{number}") == 200
        assert send(live_server, hook, event, payload, guid=f"again {number}".replace(" ", "-")) == 202
        assert send(live_server, hook, event, payload, guid=f"forged-{number}", secret="not it") == 401
    jobs.drain()
    assert not Delivery.objects.filter(is_refused=True).exists()
    kinds = sorted(Contribution.objects.values_list("kind__key", flat=True))
    assert kinds == ["change_request_merged", "comment", "commit", "commit", "commit"]
    assert Contributor.objects.filter(is_bot=True).count() == 1
    (nobody,) = Delivery.objects.filter(event="issues", guid="3")
    assert nobody.outcome
