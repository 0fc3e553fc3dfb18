"""Approvals at the same moment, on real connections. The negative controls show what each guard is there for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from lifecycle import clock
from teams import milestones, promotion, waiting, waivers
from teams.milestones import Action
from teams.models import Membership, MilestoneEvent, Promotion, PromotionRequest, Role, Team, User, Waiver
from teams.promotion import Busy, Refused, Stale
from tests.conftest import People
from tests.factories import MembershipFactory, MilestoneFactory
from tests.teams.scenes import asked, fresh, measured, stages

pytestmark = pytest.mark.django_db(transaction=True)
RACERS = 50


def race(*tasks: Callable[[], object]) -> list[object]:
    """Runs all tasks at one moment, each on its own connection; their results or exceptions in order."""
    barrier = Barrier(len(tasks))
    results: list[object] = [None] * len(tasks)

    def run(number: int, task: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            results[number] = task()
        except Exception as error:  # noqa: BLE001  # it is the result
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number, task)) for number, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def won(results: list[object]) -> list[object]:
    return [each for each in results if not isinstance(each, Exception)]


@pytest.fixture
def ready(transactional_db: None, people: People, monkeypatch: pytest.MonkeyPatch) -> PromotionRequest:
    """An open gate, an open request, and patience: on a busy machine fifty in a queue are not done in three seconds."""
    monkeypatch.setattr(waiting, "LOCK_TIMEOUT", "60s")
    stages()
    measured(people.team, 3)
    return asked(people.team, people.activator)


def approval(request: PromotionRequest, actor: User) -> Callable[[], Promotion]:
    """A click on 'promote' of a page that was read just now."""
    seen = fresh(request.team).data_version

    def click() -> Promotion:
        mine = PromotionRequest.objects.select_related("team").get(pk=request.pk)
        return promotion.promote(mine, actor=actor, seen_version=seen)

    return click


def moved(team: Team) -> int:
    return Promotion.objects.filter(team=team, kind=Promotion.Kind.PROMOTED).count()


def test_fifty_approvals_of_two_partners_make_one_transition(ready: PromotionRequest, people: People) -> None:
    second = MembershipFactory.create(team=people.team, role=Role.PARTNER).user
    clicks = [approval(ready, second if number % 2 else people.partner) for number in range(RACERS)]
    results = race(*clicks)
    assert len(won(results)) == 1
    assert all(isinstance(each, Promotion | Stale) for each in results), results
    assert moved(people.team) == 1
    assert fresh(people.team).stage.order == 2


def test_without_the_lock_several_pass_the_check_and_the_constraint_stops_them(
    ready: PromotionRequest, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = Barrier(5)
    decide = promotion._decide

    @contextmanager
    def unheld(team: Team) -> Iterator[Team]:
        with transaction.atomic():
            yield fresh(team)

    def all_at_once(team: Team, kind: Promotion.Kind, **values: object) -> Promotion:
        together.wait(timeout=30)  # every racer has passed every check
        return decide(team, kind, **values)  # type: ignore[arg-type]

    def unlocked(request: PromotionRequest, team: Team) -> PromotionRequest:
        found = PromotionRequest.objects.get(pk=request.pk)
        assert found.state == PromotionRequest.State.OPEN
        return found

    monkeypatch.setattr(promotion, "held", unheld)
    monkeypatch.setattr(promotion, "_open", unlocked)
    monkeypatch.setattr(promotion, "_decide", all_at_once)
    results = race(*[approval(ready, people.partner) for _ in range(5)])
    assert not together.broken, "with the lock, no two would have met here"
    assert len(won(results)) == 1
    assert sum(isinstance(each, IntegrityError) for each in results) == 4, results
    assert moved(people.team) == 1


def test_approve_against_decline(ready: PromotionRequest, people: People) -> None:
    second = MembershipFactory.create(team=people.team, role=Role.PARTNER).user

    def decline() -> object:
        return promotion.decline(ready, actor=second, reason="Not yet.")

    for _ in range(5):
        results = race(approval(ready, people.partner), decline)
        assert len(won(results)) == 1, results
        assert sum(isinstance(each, Stale) for each in results) == 1, results
        assert Promotion.objects.filter(request=ready).count() == 1
        if moved(people.team):
            break
        ready = asked(fresh(people.team), people.activator)


def test_approve_against_withdraw(ready: PromotionRequest, people: People) -> None:
    results = race(approval(ready, people.partner), lambda: promotion.withdraw(ready, actor=people.activator))
    assert len(won(results)) == 1, results
    ready.refresh_from_db()
    assert ready.state == ("promoted" if moved(people.team) else "withdrawn")


def test_approve_against_an_undo(ready: PromotionRequest, people: People) -> None:
    """Never a promotion whose record and milestones disagree: either the undo came after, or the approval is stale."""
    task = MilestoneFactory.create(stage=people.team.stage)
    milestones.record(people.team, milestone=task, actor=people.activator, action=Action.DONE, seen=0)

    def undo() -> object:
        return milestones.record(people.team, milestone=task, actor=people.activator, action=Action.UNDO, seen=1)

    approved, undone = race(approval(ready, people.partner), undo)
    assert isinstance(undone, MilestoneEvent), undone
    if isinstance(approved, Promotion):
        (row,) = [each for each in approved.record["conditions"] if each["kind"] == "milestones"]
        assert row["state"] == "met"
    else:
        assert isinstance(approved, Stale), approved
        assert not moved(people.team)


def test_approve_against_a_waiver_taken_back(ready: PromotionRequest, people: People) -> None:
    task = MilestoneFactory.create(stage=people.team.stage)
    waiver = Waiver.objects.create(
        team=people.team,
        milestone=task,
        reason="Later.",
        expires_on=clock.today(),
        asked_by=people.activator,
        decided_by=people.partner,
        decided_at=clock.now(),
        state=Waiver.State.GRANTED,
    )
    approved, taken = race(approval(ready, people.partner), lambda: waivers.withdraw(waiver, actor=people.activator))
    assert isinstance(taken, Waiver), taken
    assert isinstance(approved, Promotion | Stale), approved
    assert moved(people.team) == isinstance(approved, Promotion)


def test_approve_against_the_partners_removal(ready: PromotionRequest, people: People) -> None:
    """The approval waits for the row that the removal holds, and then sees that the right is gone."""
    click = approval(ready, people.partner)
    together = Barrier(2)
    results: list[object] = []

    def approve() -> None:
        together.wait(timeout=30)
        try:
            results.append(click())
        except Exception as error:  # noqa: BLE001  # it is the result
            results.append(error)
        finally:
            connection.close()

    thread = Thread(target=approve)
    thread.start()
    with transaction.atomic():
        Membership.objects.filter(user=people.partner).update(ends_on=clock.today())
        together.wait(timeout=30)
        thread.join(timeout=0.5)
        assert thread.is_alive(), "the version trigger holds the team's row"
    thread.join(timeout=30)
    assert isinstance(results[0], PermissionDenied), results
    assert not moved(people.team)


def test_a_row_that_stays_locked_is_busy(
    ready: PromotionRequest, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LOCK_TIMEOUT", "100ms")
    click = approval(ready, people.partner)
    with promotion.held(people.team):
        (result,) = race(click)
    assert isinstance(result, Busy), result
    assert isinstance(click(), Promotion)


def test_two_requests_at_once_are_one(ready: PromotionRequest, people: People) -> None:
    promotion.withdraw(ready, actor=people.activator)
    second = MembershipFactory.create(team=people.team, role=Role.ACTIVATOR).user
    results = race(
        *(lambda who=who: promotion.request(people.team, actor=who) for who in (people.activator, second) * 5)
    )
    assert len({each.pk for each in won(results)}) == 1  # type: ignore[attr-defined]
    assert all(isinstance(each, PromotionRequest | Refused) for each in results), results


def test_twenty_ticks_at_once_are_one_event(transactional_db: None, people: People) -> None:
    task = MilestoneFactory.create(stage=people.team.stage)
    others = [MembershipFactory.create(team=people.team, role=Role.ACTIVATOR).user for _ in range(19)]
    results = race(
        *(
            lambda who=who: milestones.record(people.team, milestone=task, actor=who, action=Action.DONE, seen=0)
            for who in [people.activator, *others]
        )
    )
    assert len(won(results)) == 1
    assert sum(isinstance(each, milestones.Conflict) for each in results) == 19, results
    assert MilestoneEvent.objects.count() == 1
