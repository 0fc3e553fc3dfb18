"""The life of a risk signal: raised by data, answered by a person or over by itself, and kept."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from lifecycle import clock as today_of
from lifecycle import jobs
from lifecycle.measures import Measure
from teams import risks, signals, waiting
from teams.models import Measurement, Role, Signal, Team, TeamRisk
from teams.refusals import Conflict, Refused
from tests.conftest import People
from tests.factories import CheckInFactory, MeasurementFactory, MembershipFactory, RiskFactory, SignalFactory
from tests.teams.test_promotion_race import race, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
State = Signal.State
HALF: dict[str, Any] = {"contributors": 12, "contributions": 100, "window_days": 365}


def work(team: Team, most: int = 60, value: int = 1) -> None:
    """One person made so many of a hundred contributions."""
    Measurement.objects.filter(team=team).delete()
    detail = HALF | {"most": most}
    MeasurementFactory.create(
        team=team, measure=Measure.ABSENCE_FACTOR, value=value, detail=detail, as_of=today_of.today()
    )


def look(team: Team) -> Signal | None:
    """The open signal after a look at the data; the partner has just met the team."""
    CheckInFactory.create(team=team, held_on=today_of.today())
    signals.look([team.pk])
    return Signal.objects.filter(team=team, state=State.OPEN).first()


@pytest.fixture
def signal(people: People) -> Signal:
    work(people.team)
    found = look(people.team)
    assert found is not None
    return found


def test_a_signal_follows_the_data_and_is_over_with_it_while_the_log_keeps_it(people: People, signal: Signal) -> None:
    assert (signal.kind, signal.degree, signal.evidence["most"]) == (Signal.Kind.ONE_HALF, 6, 60)
    work(people.team, most=75)
    again = look(people.team)
    assert again is not None
    assert (again.pk, again.degree, again.evidence["most"]) == (signal.pk, 7, 75)
    work(people.team, value=2)
    assert look(people.team) is None
    signal.refresh_from_db()
    assert (signal.state, signal.answered_by, signal.evidence["most"]) == (State.ENDED, None, 75)


def test_what_cannot_be_told_leaves_a_signal_as_it_is(people: People, signal: Signal) -> None:
    Measurement.objects.update(value=None, reason="A source is broken.")
    assert look(people.team) == signal
    Measurement.objects.update(value=2, data_version=0)
    assert look(people.team) == signal


def test_nothing_is_looked_for_in_a_paused_team(people: People) -> None:
    work(people.team)
    Team.objects.update(state=Team.State.PAUSED)
    assert look(people.team) is None


def test_a_person_makes_a_risk_of_it_and_it_is_not_proposed_while_that_stands(people: People, signal: Signal) -> None:
    assert not TeamRisk.objects.exists(), "never a silent risk"
    risk = signals.accept(signal, actor=people.activator, seen=6, text="All on one.", likelihood=3, impact=3)
    signal.refresh_from_db()
    assert (signal.state, signal.risk, signal.answered_by) == (State.ACCEPTED, risk, people.activator)
    assert (risk.text, risk.severity, risk.raised_by) == ("All on one.", "high", people.activator)
    work(people.team, most=90)
    assert look(people.team) is None
    risks.change(risk, actor=people.partner, seen=1, state=TeamRisk.State.CLOSED)
    assert look(people.team) is not None, "the risk is closed, and the data still shows it"


def test_a_signal_of_the_catalogue_waits_for_no_risk_that_stands_already(people: People) -> None:
    entry = RiskFactory.create(stage=people.team.stage, key="nobody-to-delegate-to")
    MeasurementFactory.create(team=people.team, measure=Measure.CORE_CONTRIBUTORS, value=0)
    raised = look(people.team)
    assert raised is not None
    assert raised.catalogue == entry
    by_hand = risks.add(people.team, actor=people.activator, risk=entry)
    with pytest.raises(Conflict) as caught:
        signals.accept(raised, actor=people.partner, seen=raised.degree)
    assert caught.value.current == by_hand
    assert look(people.team) is None
    risks.change(by_hand, actor=people.activator, seen=1, state=TeamRisk.State.CLOSED)
    again = look(people.team)
    assert again is not None
    assert signals.accept(again, actor=people.partner, seen=again.degree).risk == entry


def test_a_dismissed_signal_comes_back_when_it_is_worse(people: People, signal: Signal) -> None:
    with pytest.raises(Refused):
        signals.dismiss(signal, actor=people.partner, seen=6, reason=" ")
    signals.dismiss(signal, actor=people.partner, seen=6, reason="They write the release notes.")
    for most in (60, 69, 51):
        work(people.team, most=most)
        assert look(people.team) is None
    work(people.team, most=70)
    assert look(people.team) is not None


def test_a_dismissed_signal_comes_back_after_ninety_days(
    people: People, signal: Signal, clock: time_machine.Traveller
) -> None:
    signals.dismiss(signal, actor=people.partner, seen=6, reason="They write the release notes.")
    clock.shift(timedelta(days=89))
    work(people.team)
    assert look(people.team) is None
    clock.shift(timedelta(days=1))
    assert look(people.team) is not None


@pytest.mark.parametrize("name", ["viewer", "outsider"])
def test_who_has_no_role_answers_nothing(people: People, signal: Signal, name: str) -> None:
    actor = getattr(people, name)
    with pytest.raises(PermissionDenied):
        signals.accept(signal, actor=actor, seen=6, text="All on one.")
    with pytest.raises(PermissionDenied):
        signals.dismiss(signal, actor=actor, seen=6, reason="No.")


def test_the_second_of_two_answers_is_a_conflict_and_so_is_other_evidence(people: People, signal: Signal) -> None:
    with pytest.raises(Conflict, match="evidence") as caught:
        signals.dismiss(signal, actor=people.partner, seen=5, reason="No.")
    assert caught.value.current.degree == 6
    signals.dismiss(signal, actor=people.partner, seen=6, reason="No.")
    with pytest.raises(Conflict, match="Partner Muster") as caught:
        signals.accept(signal, actor=people.activator, seen=6, text="All on one.")
    assert caught.value.current.state == State.DISMISSED
    assert not TeamRisk.objects.exists()
    over = SignalFactory.create(team=people.team, state=State.ENDED, closed_at=today_of.now())
    with pytest.raises(Conflict, match="any more"):
        signals.dismiss(over, actor=people.partner, seen=1, reason="No.")


@pytest.mark.django_db(transaction=True)
def test_of_many_answers_at_one_moment_one_counts(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOCK_TIMEOUT", "60s")
    work(people.team)
    signal = look(people.team)
    assert signal is not None
    second = MembershipFactory.create(team=people.team, role=Role.PARTNER).user

    def accepting() -> object:
        return signals.accept(signal, actor=second, seen=6, text="All on one.")

    def dismissing() -> object:
        return signals.dismiss(signal, actor=people.partner, seen=6, reason="No.")

    def looking() -> None:
        signals.look([people.team.pk])

    results = race(*[accepting, dismissing] * 6, *[looking] * 2)
    answers = [each for each in won(results) if each is not None]
    assert len(answers) == 1
    assert all(isinstance(each, Conflict) for each in results if isinstance(each, Exception)), results
    assert TeamRisk.objects.count() == (Signal.objects.get().state == State.ACCEPTED)


def test_all_active_teams_are_looked_at_day_by_day_in_batches(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "BATCH", 1)
    for team in Team.objects.all():
        work(team)
    jobs.ask("signals", "2026-06-17")
    while jobs.due().filter(kind="signals").exists():
        jobs.run(jobs.due().filter(kind="signals")[0].pk, reraise=True)
    assert set(Signal.objects.values_list("team__slug", flat=True)) == {"lantern", "elsewhere"}


def write(sql: str) -> Callable[[], None]:
    def execute() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    return execute


def test_the_database_keeps_the_log(people: People, signal: Signal) -> None:
    signals.dismiss(signal, actor=people.partner, seen=6, reason="No.")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (
        "UPDATE teams_signal SET reason = 'Yes.'",
        "UPDATE teams_signal SET state = 'open', closed_at = NULL, answered_by_id = NULL",
        "DELETE FROM teams_signal",
        "TRUNCATE teams_signal",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            write(statement)()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "weather"},
        {"state": State.DISMISSED, "reason": ""},
        {"state": State.ACCEPTED},
        {"state": State.ENDED, "reason": "No.", "answered_by": True},
        {"closed_at": date(2026, 6, 17)},
    ],
    ids=str,
)
def test_the_database_refuses_half_an_answer(people: People, wrong: dict[str, Any]) -> None:
    told = {"closed_at": today_of.now() if wrong.get("state") else None, **wrong}
    if told.get("answered_by") or told.get("state") in {State.DISMISSED, State.ACCEPTED}:
        told["answered_by"] = people.partner
    if isinstance(told["closed_at"], date) and "state" not in told:
        told["closed_at"] = today_of.now()
    with pytest.raises(IntegrityError, match="signal_"), transaction.atomic():
        SignalFactory.create(team=people.team, **told)
    SignalFactory.create(team=people.team)
    with pytest.raises(IntegrityError, match="signal_one_open"), transaction.atomic():
        SignalFactory.create(team=people.team)
