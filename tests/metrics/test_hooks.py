"""Webhooks: who may deliver, what is kept, what becomes of it, and what did not arrive."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from lifecycle import clock, jobs
from metrics import deliveries, hooks, withdrawals
from metrics.models import Contribution, Delivery, Hook, HookSecret, Import, Source
from metrics.views.bodies import Unfit, body_of
from teams.models import User
from teams.refusals import Refused
from tests.factories import KindFactory, SourceFactory, UserFactory
from tests.metrics.files import deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db
SECRET = "It's a Secret to Everybody"
ZERO = "0" * 40


@pytest.fixture
def actor() -> User:
    user: User = UserFactory.create()
    return user


@pytest.fixture
def hook(actor: User) -> Hook:
    source = SourceFactory.create(type="github", default_kind=KindFactory.create(key="commit"))
    made: Hook = Hook.objects.create(source=source)
    HookSecret.objects.create(hook=made, sealed=hooks.sealed(SECRET), made_by=actor)
    return made


def commit(number: int, login: str = "ann") -> dict[str, Any]:
    return {
        "id": f"{number:040x}",
        "message": "Mend it",
        "timestamp": (clock.now() - timedelta(days=1)).isoformat(timespec="seconds"),
        "distinct": True,
        "author": {"name": login.title(), "email": f"{login}@home.example", "username": login},
    }


def push(*commits: dict[str, Any], before: str = ZERO, after: str = f"{99:040x}") -> dict[str, Any]:
    return {
        "ref": "refs/heads/main",
        "before": before,
        "after": after,
        "deleted": False,
        "commits": list(commits),
        "repository": {"default_branch": "main", "html_url": "https://github.com/lantern/lamp"},
    }


def post(
    hook: Hook, payload: object, *, secret: str = SECRET, event: str = "push", guid: str = "", **headers: str
) -> Any:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    given = {
        "X-GitHub-Delivery": guid or str(uuid.uuid4()),
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": hooks.signature_of(secret, body),
        **headers,
    }
    given = {name: value for name, value in given.items() if value != "-"}
    kind = given.pop("Content-Type", "application/json")
    address = reverse("metrics:hook", args=[hook.address])
    return Client().post(address, body, content_type=kind, headers=given)


def test_the_signature_is_that_of_githubs_own_example() -> None:
    assert hooks.signature_of(SECRET, b"Hello, World!") == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )


def test_what_is_delivered_is_kept_and_read_by_a_worker(hook: Hook) -> None:
    assert post(hook, push(commit(1), commit(2, "bo"))).status_code == 202
    assert not Contribution.objects.exists()  # the answer waits for nobody
    jobs.drain()
    delivery, today = Delivery.objects.get(), Import.objects.get()
    assert (delivery.contributions, delivery.outcome, delivery.imported) == (2, "", today)
    assert (today.day, today.new, today.rows, today.state) == (clock.today(), 2, 2, Import.State.DONE)
    hook.source.refresh_from_db()
    assert hook.source.complete_to == clock.today()


def test_a_day_is_one_import_that_grows(hook: Hook) -> None:
    for number in (1, 2):
        post(hook, push(commit(number)))
        jobs.drain()
    assert Import.objects.get().new == 2


def test_a_delivery_counts_once_by_its_id_and_its_content(hook: Hook) -> None:
    assert post(hook, push(commit(1)), guid="same").status_code == 202
    assert post(hook, push(commit(1)), guid="same").status_code == 200
    assert post(hook, push(commit(1)), guid="other").status_code == 202
    jobs.drain()
    assert Delivery.objects.count() == 2
    assert Contribution.objects.count() == 1
    assert (Import.objects.get().new, Import.objects.get().duplicate) == (1, 1)


def test_two_hooks_may_be_given_one_id(hook: Hook, actor: User) -> None:
    other = Hook.objects.create(source=SourceFactory.create(type="github"))
    HookSecret.objects.create(hook=other, sealed=hooks.sealed(SECRET), made_by=actor)
    assert [post(each, push(commit(1)), guid="same").status_code for each in (hook, other)] == [202, 202]


FORGED: list[tuple[str, Callable[[bytes], dict[str, str]]]] = [
    ("none", lambda body: {"X-Hub-Signature-256": "-"}),
    ("empty", lambda body: {"X-Hub-Signature-256": ""}),
    ("sha1", lambda body: {"X-Hub-Signature-256": "-", "X-Hub-Signature": "sha1=" + "0" * 40}),
    ("upper case", lambda body: {"X-Hub-Signature-256": hooks.signature_of(SECRET, body).upper()}),
    ("upper digits", lambda body: {"X-Hub-Signature-256": "sha256=" + hooks.signature_of(SECRET, body)[7:].upper()}),
    ("no prefix", lambda body: {"X-Hub-Signature-256": hooks.signature_of(SECRET, body)[7:]}),
    ("one bit", lambda body: {"X-Hub-Signature-256": hooks.signature_of(SECRET, bytes([body[0] ^ 1]) + body[1:])}),
    ("another secret", lambda body: {"X-Hub-Signature-256": hooks.signature_of("x" * 20, body)}),
    ("empty secret", lambda body: {"X-Hub-Signature-256": hooks.signature_of("", body)}),
    ("cut", lambda body: {"X-Hub-Signature-256": hooks.signature_of(SECRET, body)[:-1]}),
    ("longer", lambda body: {"X-Hub-Signature-256": hooks.signature_of(SECRET, body) + "0"}),
    ("a space", lambda body: {"X-Hub-Signature-256": " " + hooks.signature_of(SECRET, body) + "x"}),
    ("re-serialised", lambda body: {"X-Hub-Signature-256": hooks.signature_of(SECRET, body.replace(b": ", b":"))}),
    ("of nothing", lambda body: {"X-Hub-Signature-256": hooks.signature_of(SECRET, b"")}),
]  # fmt: skip


@pytest.mark.parametrize("headers", [forge for _name, forge in FORGED], ids=[name for name, _forge in FORGED])
def test_what_is_not_signed_is_refused_and_leaves_nothing(
    hook: Hook, headers: Callable[[bytes], dict[str, str]]
) -> None:
    body = json.dumps(push(commit(1))).encode()
    assert post(hook, body, **headers(body)).status_code == 401
    assert not Delivery.objects.exists()


def test_the_secret_of_another_source_opens_nothing(hook: Hook, actor: User) -> None:
    other = Hook.objects.create(source=SourceFactory.create(type="github"))
    HookSecret.objects.create(hook=other, sealed=hooks.sealed("another secret, long enough"), made_by=actor)
    assert post(hook, push(commit(1)), secret="another secret, long enough").status_code == 401
    assert post(Hook(address=uuid.uuid4()), push(commit(1))).status_code == 404
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Encoding": "gzip"}, 415),
        ({"X-GitHub-Delivery": "-"}, 400),
        ({"X-GitHub-Delivery": "a" * 65}, 400),
        ({"X-GitHub-Event": "two words"}, 400),
    ],
)
def test_what_does_not_look_like_a_delivery_is_refused_with_the_reason(
    hook: Hook, headers: dict[str, str], status: int
) -> None:
    answer = post(hook, push(commit(1)), **headers)
    assert (answer.status_code, bool(answer.json()["refused"])) == (status, True)
    assert not Delivery.objects.exists()


def test_a_body_over_the_limit_is_not_read(hook: Hook) -> None:
    assert post(hook, b" " * (25 * 1024 * 1024 + 1)).status_code == 413


def test_what_is_too_large_is_heard_out_and_the_answer_heard() -> None:
    """Whoever sends all before they listen would be cut off, and hear nothing of why."""
    request = RequestFactory().post("/", b"x" * 200_000, content_type="application/json")
    with pytest.raises(Unfit, match="larger than 100 bytes"):
        body_of(request, types=["application/json"], largest=100)
    assert request.read() == b""


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"{", "ends"), (b"\xff", "UTF-8"), (b"[]", "object"), (b"{}", "")],
    ids=["cut off", "not UTF-8", "no object", "no ref"],
)
def test_a_signed_delivery_that_cannot_be_read_says_why_and_stops_no_other(
    hook: Hook, body: bytes, reason: str
) -> None:
    assert post(hook, body).status_code == 202
    post(hook, push(commit(1)))
    jobs.drain()
    bad, good = Delivery.objects.order_by("id")
    assert (bad.is_refused, good.contributions) == (True, 1)
    assert reason in bad.outcome
    assert bad.outcome


def test_what_counts_as_nothing_says_so(hook: Hook) -> None:
    post(hook, {"zen": "Keep it logically awesome."}, event="ping")
    jobs.drain()
    assert "ping" in Delivery.objects.get().outcome
    assert Import.objects.get().passed


def test_two_secrets_are_good_at_a_time(hook: Hook, actor: User) -> None:
    made = hooks.add_secret(hook.source, actor=actor)
    for secret in (SECRET, made):
        assert post(hook, push(commit(1)), secret=secret).status_code == 202
    with pytest.raises(Refused, match="Two secrets"):
        hooks.add_secret(hook.source, actor=actor)
    hooks.end_secret(hook.secrets.earliest("pk"))
    assert post(hook, push(commit(1))).status_code == 401
    with pytest.raises(Refused):
        hooks.add_secret(source_for(), actor=actor)


# --- how a secret is kept -----------------------------------------------------------------------


def test_the_database_alone_signs_nothing(hook: Hook) -> None:
    kept = hook.secrets.get()
    assert SECRET not in kept.sealed
    assert post(hook, push(commit(1)), secret=kept.sealed).status_code == 401
    with pytest.raises(IntegrityError, match="hook_secret_sealed"), transaction.atomic():
        HookSecret.objects.update(sealed="a secret in clear text, long enough for it to be one")


def test_secrets_outlive_the_key_that_sealed_them(hook: Hook, settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [settings.SECRET_KEY]
    assert post(hook, push(commit(1))).status_code == 202
    call_command("seal_again", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    assert post(hook, push(commit(2))).status_code == 202
    settings.SECRET_KEY = "lost" * 20
    assert post(hook, push(commit(3))).status_code == 401
    with pytest.raises(CommandError, match="no key opens"):
        call_command("seal_again", stdout=StringIO())


def test_secrets_of_before_are_sealed_by_the_migration(hook: Hook) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE metrics_hooksecret DROP CONSTRAINT hook_secret_sealed")
    HookSecret.objects.update(sealed="as it was before, in clear")
    import_module("metrics.migrations.0012_sealed_secrets").seal_all(apps, None)
    assert hook.secrets.get().sealed != "as it was before, in clear"
    assert post(hook, push(commit(1)), secret="as it was before, in clear").status_code == 202


# --- what did not arrive ----------------------------------------------------------------------


def chain(hook: Hook, *ends: tuple[int, int]) -> None:
    for before, after in ends:
        post(hook, push(commit(after), before=f"{before:040x}", after=f"{after:040x}"))
        jobs.drain()


def test_pushes_that_follow_each_other_have_no_gap(hook: Hook) -> None:
    chain(hook, (0, 1), (1, 2), (2, 3))
    assert deliveries.gaps(hook.source) == []


def test_a_push_that_begins_elsewhere_shows_a_gap(hook: Hook) -> None:
    chain(hook, (0, 1), (2, 3), (3, 4))
    (gap,) = deliveries.gaps(hook.source)
    assert (gap.branch, gap.before, gap.after) == ("main", f"{1:040x}", f"{2:040x}")
    page = Client()
    page.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    shown = page.get(reverse("metrics:source", args=[hook.source.team.slug, hook.source.pk])).content.decode()
    assert "Pushes are missing." in shown


def test_a_gap_is_closed_by_the_push_that_was_late(hook: Hook) -> None:
    chain(hook, (0, 1), (2, 3), (1, 2))
    assert deliveries.gaps(hook.source) == []


def test_a_gap_is_closed_by_a_history_that_reaches_past_it(hook: Hook) -> None:
    chain(hook, (0, 1), (2, 3))
    deliver(source_for(hook.source.pathway), file_of(row(1)), complete_to=clock.today())
    assert deliveries.gaps(hook.source) == []


def test_a_source_with_a_gap_is_complete_only_up_to_it(hook: Hook) -> None:
    chain(hook, (0, 1))
    Delivery.objects.update(received_at=clock.now() - timedelta(days=3))
    Source.objects.update(complete_to=None)
    chain(hook, (2, 3))
    hook.source.refresh_from_db()
    assert hook.source.complete_to == clock.today() - timedelta(days=3)


# --- and later --------------------------------------------------------------------------------


def test_a_day_of_deliveries_is_undone_like_a_file_and_the_rest_of_the_day_counts(hook: Hook, actor: User) -> None:
    post(hook, push(commit(1)))
    jobs.drain()
    withdrawals.withdraw(Import.objects.get(), actor=actor, reason="A test repository.")
    jobs.drain()
    post(hook, push(commit(2)))
    jobs.drain()
    assert sorted(Contribution.objects.values_list("state", flat=True)) == [0, 4]


def test_what_a_stream_told_as_well_is_read_again_when_the_first_is_undone(hook: Hook, actor: User) -> None:
    number = 7
    source = source_for(hook.source.pathway)
    first = deliver(source, file_of(f"{number:040x},Ann,ann@home.example,1704888000,"))
    post(hook, push(commit(number)))
    jobs.drain()
    withdrawals.withdraw(first, actor=actor, reason="The wrong file.")
    jobs.drain()
    assert Contribution.objects.get(state=0).imported.source == hook.source
