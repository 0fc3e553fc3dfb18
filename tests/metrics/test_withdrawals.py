"""Undoing a whole import."""

import threading
import time
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from lifecycle import jobs
from metrics import imports, withdrawals
from metrics.models import Contribution, Import, Source, Span
from pathways.models import Contributor
from teams.models import User
from teams.refusals import Conflict, Refused
from tests.factories import PathwayFactory, UserFactory
from tests.metrics.files import deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db


def undo(delivery: Import, reason: str = "The wrong file.") -> Import:
    actor: User = UserFactory.create()
    withdrawals.withdraw(delivery, actor=actor, reason=reason)
    delivery.refresh_from_db()
    assert delivery.standing == Import.State.UNDOING
    jobs.drain()
    delivery.refresh_from_db()
    return delivery


def counting(source: Source) -> list[str]:
    """Who is a contributor of the team."""
    spans = Span.objects.filter(team_id=source.team_id, pathway_id=0, level=0)
    found = Contributor.objects.filter(pk__in=spans.values("contributor_id"))
    return sorted(found.values_list("name", flat=True))


def test_what_came_by_it_is_kept_and_counts_nowhere() -> None:
    source = source_for()
    right, wrong = (
        deliver(source, file_of(row(1))),
        deliver(source, file_of(row(2, name="Bo", email="bo@home.example"))),
    )
    assert counting(source) == ["Ann", "Bo"]
    assert undo(wrong).state == Import.State.UNDONE
    assert counting(source) == ["Ann"]
    assert list(Contribution.objects.filter(imported=wrong).values_list("state", flat=True)) == [4]
    assert list(Contribution.objects.filter(imported=right).values_list("state", flat=True)) == [0]
    assert (wrong.withdrawal.reason, wrong.new) == ("The wrong file.", 1)


def test_the_file_that_was_meant_counts_afterwards() -> None:
    source = source_for()
    undo(deliver(source, file_of(row(1, name="Everybody", email="all@home.example"))))
    meant = deliver(source, file_of(row(1)))
    assert (meant.new, meant.duplicate) == (1, 0)
    assert counting(source) == ["Ann"]


def test_the_same_file_can_be_undone_and_brought_as_often_as_one_likes() -> None:
    source = source_for()
    for _turn in range(3):
        delivery = deliver(source, file_of(row(1), row(2)))
        assert delivery.new == 2
        undo(delivery)
    assert counting(source) == []


def test_what_another_import_told_as_well_is_read_from_there() -> None:
    """The first stands; when it is undone, whoever told the same later is the first."""
    source = source_for()
    first = deliver(source, file_of(row(1), row(2)))
    later = deliver(source_for(source.pathway), file_of(row(2), row(3)))
    assert (later.new, later.duplicate) == (1, 1)
    undo(first)
    later.refresh_from_db()
    assert (later.state, later.new, later.duplicate, later.rows) == (Import.State.DONE, 2, 0, 2)
    assert Contribution.objects.filter(imported=later, state=0).count() == 2


def test_a_contribution_withdrawn_by_itself_stays_so() -> None:
    source = source_for()
    delivery = deliver(source, file_of(row(1)))
    Contribution.objects.update(state=Contribution.State.WITHDRAWN)
    undo(delivery)
    assert deliver(source, file_of(row(1))).duplicate == 1
    assert counting(source) == []


def test_the_source_is_complete_to_what_the_others_say() -> None:
    source = source_for()
    deliver(source, file_of(row(1)))
    undo(deliver(source, file_of(row(2)), complete_to=date(2024, 3, 1)))
    source.refresh_from_db()
    assert source.complete_to == date(2024, 1, 10)


def test_undoing_twice_is_a_conflict() -> None:
    delivery = undo(deliver(source_for(), file_of(row(1))))
    with pytest.raises(Conflict, match="already"):
        undo(delivery)


@pytest.mark.parametrize(("content", "reason"), [(b"", "The wrong file."), (file_of(row(1)), " ")])
def test_nothing_is_undone_that_brought_nothing_or_without_a_reason(content: bytes, reason: str) -> None:
    delivery = deliver(source_for(), content)
    with pytest.raises(Refused):
        undo(delivery, reason)
    assert not hasattr(Import.objects.get(pk=delivery.pk), "withdrawal")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE metrics_contribution SET key = metrics_withdrawn_key(key, import_id)",
        "UPDATE metrics_contribution SET key = '\\x01', state = 4",
        "UPDATE metrics_withdrawal SET reason = ''",
        "DELETE FROM metrics_withdrawal",
    ],
)
def test_a_key_changes_only_with_the_withdrawal_and_that_is_never_rewritten(sql: str) -> None:
    source = source_for()
    undo(deliver(source, file_of(row(1))))
    deliver(source, file_of(row(2)))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def is_waited_for() -> bool:
    """Whether some session stands before a lock of this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        waits: bool = cursor.fetchone()[0]
        return waits


@pytest.mark.django_db(transaction=True)
def test_a_file_of_another_pathway_does_not_pass_over_what_is_just_being_undone() -> None:
    source = source_for()
    first = deliver(source, file_of(row(1)))
    later = deliver(source_for(PathwayFactory.create(team=source.team)), file_of(row(1)), work=False)
    withdrawals.withdraw(first, actor=UserFactory.create(), reason="The wrong file.")

    def read() -> None:
        try:
            with transaction.atomic():
                imports.work(later.pk, progress=lambda _done, _total: None)
        finally:
            connection.close()

    thread = threading.Thread(target=read)
    with transaction.atomic():
        withdrawals.work(first.pk)
        thread.start()
        while thread.is_alive() and not is_waited_for():
            time.sleep(0.02)
    thread.join()
    jobs.drain()
    assert Contribution.objects.standing().get().imported == later
