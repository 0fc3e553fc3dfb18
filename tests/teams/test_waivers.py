from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from lifecycle import clock
from lifecycle.measures import Measure
from lifecycle.models import Criterion
from teams import gates, waivers
from teams.gates import Outcome, Standing
from teams.models import Confirmation, Measurement, Role, Waiver
from teams.waivers import Conflict, Refused
from tests.conftest import People
from tests.factories import CriterionFactory, MeasurementFactory, MembershipFactory, MilestoneFactory, StageFactory
from tests.teams.scenes import fresh, measured

State = Waiver.State
TOMORROW = clock.today() + timedelta(days=1)


@pytest.fixture
def criterion(people: People) -> Criterion:
    """A required criterion that the team does not meet."""
    return measured(people.team, 0)[0]


def ask(people: People, criterion: Criterion, who: str = "activator") -> Waiver:
    return waivers.ask(
        people.team, actor=getattr(people, who), criterion=criterion, reason="After the summer.", expires_on=TOMORROW
    )


def test_one_asks_another_grants_and_the_gate_counts_it(people: People, criterion: Criterion) -> None:
    waiver = ask(people, criterion)
    assert gates.verdict_of(fresh(people.team)).state == Outcome.CLOSED
    granted = waivers.grant(waiver, actor=people.partner)
    assert (granted.state, granted.decided_by) == (State.GRANTED, people.partner)
    assert granted.decided_at is not None
    (row,) = gates.verdict_of(fresh(people.team)).conditions
    assert (row.state, row.waiver) == (Standing.WAIVED, waiver)


def test_a_milestone_may_be_waived(people: People) -> None:
    task = MilestoneFactory.create(stage=people.team.stage)
    waiver = waivers.ask(
        people.team, actor=people.activator, milestone=task, reason="No librarian yet.", expires_on=TOMORROW
    )
    waivers.grant(waiver, actor=people.partner)
    assert gates.verdict_of(fresh(people.team)).is_open


@pytest.mark.parametrize("name", ["viewer", "partner", "outsider"])
def test_only_an_activator_or_an_admin_asks(people: People, criterion: Criterion, name: str) -> None:
    with pytest.raises(PermissionDenied):
        ask(people, criterion, name)
    assert ask(people, criterion, "admin")


@pytest.mark.parametrize("name", ["viewer", "activator", "outsider"])
def test_only_a_partner_or_an_admin_answers(people: People, criterion: Criterion, name: str) -> None:
    waiver = ask(people, criterion, "admin")
    for verb in (waivers.grant, waivers.refuse):
        with pytest.raises(PermissionDenied):
            verb(waiver, actor=getattr(people, name), answer="Well.")


def test_nobody_grants_what_they_asked_for(people: People, criterion: Criterion) -> None:
    MembershipFactory.create(team=people.team, user=people.activator, role=Role.PARTNER)
    for who in ("activator", "admin"):
        waiver = ask(people, criterion, who)
        for verb in (waivers.grant, waivers.refuse):
            with pytest.raises(Refused, match="yourself"):
                verb(waiver, actor=getattr(people, who), answer="Well.")
        waivers.withdraw(waiver, actor=people.activator)


def test_the_database_refuses_one_person_doing_both(people: People, criterion: Criterion) -> None:
    waiver = ask(people, criterion)
    with pytest.raises(IntegrityError, match="waiver_two_people"), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(
            state=State.GRANTED, decided_by=people.activator, decided_at=clock.now()
        )


def test_what_cannot_be_asked(people: People, criterion: Criterion) -> None:
    elsewhere = CriterionFactory.create(stage=StageFactory.create(order=2))
    retired = CriterionFactory.create(stage=people.team.stage, retired=True)
    task = MilestoneFactory.create(stage=people.team.stage)
    usual = {"actor": people.activator, "reason": "Because.", "expires_on": TOMORROW}
    for wrong in (
        {"criterion": elsewhere},
        {"criterion": retired},
        {},
        {"criterion": criterion, "milestone": task},
        {"criterion": criterion, "reason": " "},
        {"criterion": criterion, "expires_on": clock.today()},
    ):
        with pytest.raises(Refused):
            waivers.ask(people.team, **(usual | wrong))
    assert not Waiver.objects.exists()


def test_one_at_a_time_until_it_is_refused_or_has_run_out(people: People, criterion: Criterion) -> None:
    first = ask(people, criterion)
    with pytest.raises(Conflict) as caught:
        ask(people, criterion, "admin")
    assert caught.value.current == first
    with pytest.raises(Refused):
        waivers.refuse(first, actor=people.partner, answer=" ")
    assert waivers.refuse(first, actor=people.partner, answer="Find a steward.").answer == "Find a steward."
    second = ask(people, criterion)
    waivers.grant(second, actor=people.partner)
    with pytest.raises(Conflict):
        ask(people, criterion)
    Waiver.objects.filter(pk=second.pk).update(expires_on=clock.today() - timedelta(days=1))
    third = ask(people, criterion)
    second.refresh_from_db()
    assert (second.state, second.decided_by, third.state) == (State.EXPIRED, people.partner, State.ASKED)


def test_an_answer_is_given_once(people: People, criterion: Criterion) -> None:
    waiver = ask(people, criterion)
    waivers.grant(waiver, actor=people.partner)
    with pytest.raises(Conflict):
        waivers.refuse(waiver, actor=people.admin, answer="No.")
    waivers.withdraw(waiver, actor=people.activator)
    with pytest.raises(Conflict):
        waivers.withdraw(waiver, actor=people.activator)
    assert gates.verdict_of(fresh(people.team)).state == Outcome.CLOSED


def test_one_whose_day_has_passed_is_not_granted(people: People, criterion: Criterion) -> None:
    waiver = ask(people, criterion)
    waiver.expires_on = clock.today() - timedelta(days=1)
    with pytest.raises(Refused, match="passed"):
        waivers.grant(waiver, actor=people.partner)


def test_the_list_holds_what_is_to_be_decided_and_what_holds(people: People, criterion: Criterion) -> None:
    task = MilestoneFactory.create(stage=people.team.stage)
    granted = waivers.ask(people.team, actor=people.activator, milestone=task, reason="Later.", expires_on=TOMORROW)
    waivers.grant(granted, actor=people.partner)
    refused = ask(people, criterion)
    waivers.refuse(refused, actor=people.partner, answer="No.")
    pending = ask(people, criterion)
    assert waivers.pending(people.team, waivers.all_of(people.team)) == [pending, granted]


def test_a_partner_confirms_one_baseline_in_writing(people: People) -> None:
    team = people.team
    growth = CriterionFactory.create(stage=team.stage, measure=Measure.ACTIVE_GROWTH, threshold=10)
    MeasurementFactory.create(
        team=team, measure=Measure.ACTIVE_GROWTH, value=12, points=[12] * 4, detail={"baseline": 4}
    )

    def confirm(who: str, text: str = "Counted by hand.") -> Confirmation:
        return waivers.confirm_baseline(team, criterion=growth, baseline=4, text=text, actor=getattr(people, who))

    for name in ("viewer", "activator", "outsider"):
        with pytest.raises(PermissionDenied):
            confirm(name)
    with pytest.raises(Refused):
        confirm("partner", " ")
    with pytest.raises(Refused):
        waivers.confirm_baseline(
            team,
            criterion=CriterionFactory.create(stage=StageFactory.create(order=2)),
            baseline=4,
            text="Counted.",
            actor=people.partner,
        )
    assert gates.verdict_of(fresh(team)).state == Outcome.UNDECIDED
    assert confirm("partner") == confirm("admin", "Again.")
    assert gates.verdict_of(fresh(team)).is_open
    Measurement.objects.update(detail={"baseline": 3})
    assert gates.verdict_of(fresh(team)).state == Outcome.UNDECIDED
