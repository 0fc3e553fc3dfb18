"""Contributions by the API: what is taken, what is said of each item, and what is refused whole."""

import gzip
import itertools
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lifecycle import clock, jobs
from metrics import keeping, withdrawals
from metrics.api.writing import LARGEST, MOST
from metrics.models import Contribution, Delivery, Import, Source
from pathways.models import Identity, Kind
from teams import waiting
from tests.api import item, lines_of, post, token_for
from tests.conftest import People
from tests.factories import KindFactory, PathwayFactory, SourceFactory
from tests.metrics.files import deliver, file_of, row, source_for
from tests.metrics.sources.damage import Damaged
from tests.metrics.sources.spoilt_items import as_line, cut, in_list, ungrammatical, wrong

pytestmark = pytest.mark.django_db
NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def source(people: People) -> Source:
    kind = KindFactory.create(key="commit")
    KindFactory.create(key="review")
    made: Source = SourceFactory.create(
        pathway=PathwayFactory.create(team=people.team), type="api", name="Forum", default_kind=kind
    )
    return made


@pytest.fixture
def token(people: People, source: Source) -> str:
    return token_for(people.activator, people.team)


def statuses(answer: Any) -> list[str]:
    return [each["status"] for each in answer.json()["items"]]


def test_what_is_told_counts_at_once_and_the_answer_says_so(token: str, source: Source) -> None:
    answer = post(token, [item(1), item(2, email="", username="bo", kind="review")])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert answer.json() == {
        "source": "Forum",
        "complete_to": "2024-01-10",
        "counts": {"created": 2, "known": 0, "quarantined": 0, "unknown_kind": 0, "rejected": 0},
        "items": [{"item": 1, "status": "created"}, {"item": 2, "status": "created"}],
    }
    assert Contribution.objects.count() == 2
    today, delivery = Import.objects.get(), Delivery.objects.get()
    assert (today.day, today.new, today.state, delivery.imported) == (clock.today(), 2, Import.State.DONE, today)
    assert (delivery.event, delivery.contributions, delivery.read_at is None) == ("items", 2, False)
    jobs.drain()
    assert source.team.weekly_counts.exists()


def test_lines_are_taken_as_a_list_is(token: str) -> None:
    assert statuses(post(token, lines_of([item(1), item(2)]), headers=NDJSON)) == ["created", "created"]
    assert statuses(post(token, [item(2), item(3)])) == ["known", "created"]


def test_each_item_is_told_what_became_of_it(token: str, source: Source) -> None:
    source.starts_on = clock.FIRST_DAY.replace(year=2020)
    source.save()
    post(token, [item(1)])
    late = (clock.now() + timedelta(days=9)).isoformat()
    answer = post(
        token,
        [
            *(item(1), item(1, occurred_at="2024-01-11"), item(2), item(2), item(3, kind="juggling")),
            *(item(4, occurred_at="2019-12-31"), item(5, occurred_at=late), item(6, naem="Ann"), item(7, id=7)),
        ],
    )
    assert answer.status_code == 207
    assert statuses(answer) == [
        *("known", "known", "created", "known", "unknown_kind"),
        *("quarantined", "quarantined", "rejected", "rejected"),
    ]
    found = answer.json()["items"]
    assert "reason" not in found[0]
    assert "another time" in found[1]["reason"]
    assert (found[7]["field"], found[7]["line"]) == ("[7].naem", 1)
    assert sum(answer.json()["counts"].values()) == 9
    assert Kind.objects.get(key="juggling").state == Kind.State.UNKNOWN
    assert Delivery.objects.order_by("id").last().outcome.startswith("items that could not be read")  # type: ignore[union-attr]
    today = Import.objects.get()
    assert (today.rows, today.new, today.rejected, len(today.errors)) == (10, 5, 2, 3)


def test_the_same_body_again_is_one_delivery_and_changes_no_count(token: str) -> None:
    first, second = post(token, [item(1), item(2)]), post(token, [item(1), item(2)])
    assert [statuses(each) for each in (first, second)] == [["created"] * 2, ["known"] * 2]
    assert (Delivery.objects.count(), Contribution.objects.count(), Import.objects.get().new) == (1, 2, 2)


def test_what_a_file_told_is_known_and_the_other_way_round(token: str, source: Source) -> None:
    deliver(source_for(source.pathway), file_of(row(1)))
    assert statuses(post(token, [item(1), item(2)])) == ["known", "created"]
    assert deliver(source_for(source.pathway), file_of(row(2), row(3))).new == 1


def test_an_account_of_a_realm_is_one_person_whatever_brought_it(token: str) -> None:
    post(token, [item(1, email="", username="bo", realm="github"), item(2, email="", username="bo")])
    assert sorted(Identity.objects.values_list("source", flat=True))[1] == "github"
    assert Identity.objects.values("contributor").distinct().count() == 2


# --- which source, and how far it is complete -------------------------------------------------


def test_of_several_sources_one_is_named(token: str, source: Source) -> None:
    other = SourceFactory.create(pathway=source.pathway, type="api", name="Chat")
    source_for(source.pathway, name="A file")
    several = post(token, [item()])
    assert (several.status_code, "Name the one" in several.json()["detail"]) == (422, True)
    assert post(token, [item()], source="Chat").json()["source"] == "Chat"
    assert Contribution.objects.get().imported.source == other
    assert post(token, [item()], source="A file").status_code == 404
    assert post(token, [item()], source="a\0b").status_code == 422
    elsewhere = SourceFactory.create(pathway=PathwayFactory.create(team=source.team), type="api", name="Chat")
    assert post(token, [item()], source="Chat").status_code == 422
    assert post(token, [item(2)], source="Chat", pathway=elsewhere.pathway.slug).status_code == 200


def test_without_a_source_nothing_is_taken(token: str, source: Source) -> None:
    Source.objects.update(enabled=False)
    off = post(token, [item()])
    assert (off.status_code, "switched off" in off.json()["detail"]) == (422, True)
    source.delete()
    none = post(token, [item()])
    assert (none.status_code, "data page" in none.json()["detail"]) == (404, True)
    assert not Delivery.objects.exists()


def test_a_source_is_complete_to_the_day_that_its_sender_vouches_for(token: str, source: Source) -> None:
    today = clock.today()
    assert post(token, [item()]).json()["complete_to"] == "2024-01-10"
    assert post(token, [item()], complete_to=today.isoformat()).json()["complete_to"] == today.isoformat()
    assert post(token, [item(2)]).json()["complete_to"] == today.isoformat()  # it never goes back
    assert Import.objects.get().complete_to == today
    assert post(token, [], complete_to=today.isoformat()).json()["items"] == []
    for day in (today + timedelta(days=1), clock.FIRST_DAY - timedelta(days=1), "soon", "9" * 30):
        assert post(token, [item(3)], complete_to=str(day)).status_code == 422
    assert Contribution.objects.count() == 2


# --- what is refused whole --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"[]", {}, 422),
        (b"\n", {}, 422),
        (b"[", {}, 422),
        (b"5", {}, 422),
        (b"[" * 900_000, {}, 422),
        (b'{"id":' * 150_000, {}, 422),
        (b"[" + b"0," * 400_000 + b"0]", {}, 413),
        (b" " * (LARGEST + 1), {}, 413),
        (b"x", {"Content-Type": "text/csv"}, 415),
        (b"x", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"x", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
        (gzip.compress(b"[]", mtime=0), {"Content-Encoding": "gzip"}, 415),
        (gzip.compress(b"0" * 10_000_000, mtime=0), {}, 415),
        (b"x", {"Content-Length": ""}, 411),
        (json.dumps([item(number) for number in range(MOST + 1)]).encode(), {}, 413),
        (lines_of(item(number) for number in range(MOST + 1)), NDJSON, 413),
        (json.dumps([item(number, kind=f"kind {number}") for number in range(51)]).encode(), {}, 422),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, int | dict) else f"{value[:12]!r} {len(value)}",
)
def test_a_body_that_is_not_what_it_should_be_is_refused_and_leaves_nothing(
    token: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = post(token, body, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    told = answer.json()
    assert (told["status"], bool(told["title"]), bool(told["detail"])) == (status, True, True)
    assert not Delivery.objects.exists()
    assert not Import.objects.exists()
    assert not Identity.objects.exists()
    assert not Kind.objects.filter(state=Kind.State.UNKNOWN).exists()


def test_nothing_that_can_be_read_says_of_each_item_why(token: str) -> None:
    answer = post(token, [item(1, id=""), {}, 5])
    assert answer.status_code == 422
    assert [(each["item"], each["line"], each["field"]) for each in answer.json()["errors"]] == [
        (1, 1, "[0].id"),
        (2, 1, "[1].id"),
        (3, 1, "[2]"),
    ]
    assert not Delivery.objects.exists()


def test_no_damaged_body_breaks_it_and_each_fault_has_its_place(token: str, source: Source) -> None:
    """Every fault that the reader's tests know, through the door; sound neighbours are taken, a spoilt one never is.

    In lines and in a list by turns: that a fault has its place in both is held by the reader's tests, for each one.
    """
    cuts = [Damaged("cut", text, len(text.rstrip()) + 1, "") for text in list(cut())[::4]]
    bodies = list(zip([*wrong(), *ungrammatical()], itertools.cycle([as_line, in_list]), strict=False))
    bodies += [(case, as_line) for case in cuts]
    for case, lay_out in bodies:
        answer = post(token, lay_out(case.text), headers=NDJSON)
        assert answer.status_code in {207, 422}, case.what
        found = answer.json()
        bad = found["errors"][0] if answer.status_code == 422 else found["items"][1]
        assert (bad["item"], bad["line"], bool(bad["reason"])) == (2, 3, True), case.what
        assert not case.column or bad["column"] == case.column, case.what
    assert len(bodies) >= 200
    assert sorted(Contribution.objects.values_list("identity__email", flat=True)) == ["ann@home.example"] * 2


# --- at once, and later -----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_same_bodies_at_once_are_one(token: str) -> None:
    bodies = [item(number, email=f"p{number}@home.example") for number in range(50)]
    answers: list[Any] = []
    barrier = threading.Barrier(4)

    def send() -> None:
        barrier.wait()
        answers.append(post(token, bodies))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.status_code for each in answers] == [200] * 4
    assert sum(each.json()["counts"]["created"] for each in answers) == 50
    assert (Contribution.objects.count(), Delivery.objects.count(), Import.objects.count()) == (50, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_while_an_import_is_under_way_the_sender_is_told_to_come_back(
    token: str, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LOCK_TIMEOUT", "100ms")
    answers: list[Any] = []

    def send() -> None:
        answers.append(post(token, [item()]))
        connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM pathways_pathway WHERE id = %s FOR NO KEY UPDATE", [source.pathway_id])
        thread = threading.Thread(target=send)
        thread.start()
        thread.join()
    assert (answers[0].status_code, answers[0]["Retry-After"]) == (503, "5")
    assert not Delivery.objects.exists()
    assert post(token, [item()]).status_code == 200


def test_a_body_of_as_many_items_as_there_may_be_is_taken(token: str) -> None:
    answer = post(token, [item(number, email=f"p{number % 70}@home.example") for number in range(MOST)])
    assert (answer.status_code, answer.json()["counts"]["created"]) == (200, MOST)


def test_what_it_costs_does_not_grow_with_the_items(token: str) -> None:
    asked = []
    for begin, number in ((0, 1), (1_000, 300)):
        with CaptureQueriesContext(connection) as queries:
            post(token, [item(begin + each, email=f"p{begin + each}@home.example") for each in range(number)])
        asked.append(len(queries))
    assert asked[1] <= asked[0]


def test_a_day_is_undone_like_a_file_and_told_again_counts_anew(token: str, people: People) -> None:
    post(token, [item(1), item(2)])
    withdrawals.withdraw(Import.objects.get(), actor=people.activator, reason="A test.")
    jobs.drain()
    assert statuses(post(token, [item(1), item(2)])) == ["created", "created"]
    assert Delivery.objects.get().imported == Import.objects.get(state=Import.State.DONE)


def test_what_the_api_told_as_well_is_read_again_when_the_first_is_undone(
    token: str, source: Source, people: People
) -> None:
    first = deliver(source_for(source.pathway), file_of(row(1)))
    assert post(token, [item(1), item(2), item(3, id="")]).json()["counts"]["known"] == 1
    withdrawals.withdraw(first, actor=people.activator, reason="The wrong file.")
    jobs.drain()
    standing = Contribution.objects.filter(state=0)
    assert {each.imported.source for each in standing} == {source}
    assert standing.count() == 2
    delivery = Delivery.objects.get()
    assert (delivery.read_at is None, delivery.is_refused, delivery.contributions) == (False, False, 2)


def test_bodies_are_forgotten_after_their_time(token: str) -> None:
    post(token, [item()])
    Delivery.objects.update(received_at=clock.now() - timedelta(days=91))
    assert keeping.expire() == 1
    assert statuses(post(token, [item()])) == ["known"]
    assert Delivery.objects.get().body is None
