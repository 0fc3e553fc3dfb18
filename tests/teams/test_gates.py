from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lifecycle import clock
from lifecycle.measures import Measure, Operator, Strength
from lifecycle.models import Criterion, Milestone, Stage
from teams import gates, milestones
from teams.gates import Condition, Mover, Outcome, Standing, Verdict, judge
from teams.milestone_state import Action, MilestoneState, State
from teams.models import Confirmation, Measurement, MilestoneEvent, Team, Waiver
from tests.conftest import People
from tests.factories import (
    CriterionFactory,
    MeasurementFactory,
    MilestoneFactory,
    StageFactory,
    TeamFactory,
    UserFactory,
)
from tests.teams.scenes import fresh, measured

TODAY = date(2026, 6, 17)
STAGE = Stage(pk=1, order=1, name="Learning")


def criterion(**values: Any) -> Criterion:
    """'At least 3 active contributors', required; or what the test says."""
    defaults: dict[str, Any] = {
        "pk": 1,
        "stage_id": 1,
        "key": "active",
        "text": "Enough people.",
        "measure": Measure.ACTIVE_CONTRIBUTORS,
        "threshold": Decimal(3),
    }
    return Criterion(**defaults | values)


def measurement(value: object = 3, **values: Any) -> Measurement:
    defaults: dict[str, Any] = {
        "measure": Measure.ACTIVE_CONTRIBUTORS,
        "value": None if value is None else Decimal(str(value)),
        "as_of": TODAY,
        "data_version": 10,
    }
    return Measurement(**defaults | values)


def milestone(pk: int, state: State = State.OPEN, *, agreed: bool = False, **values: Any) -> MilestoneState:
    action = Action.VERIFY if agreed or state == State.VERIFIED else Action.DONE
    stack = () if state == State.OPEN else (MilestoneEvent(seq=1, action=action, state=state),)
    return MilestoneState(Milestone(pk=pk, key=f"m{pk}", text=f"Text {pk}", **values), state, stack, stack)


def waiver(**values: Any) -> Waiver:
    defaults: dict[str, Any] = {"state": Waiver.State.GRANTED, "expires_on": TODAY, "reason": "Later."}
    return Waiver(**defaults | values)


def verdict(
    criteria: list[Criterion],
    measurements: list[Measurement],
    *,
    states: list[MilestoneState] | None = None,
    waivers: list[Waiver] | None = None,
    confirmations: list[Confirmation] | None = None,
) -> Verdict:
    return judge(
        STAGE,
        criteria=criteria,
        milestones=states or [],
        measurements=measurements,
        waivers=waivers or [],
        confirmations=confirmations or [],
        facts_version=10,
        today=TODAY,
    )


def row(one: Criterion, found: Measurement | None, **values: Any) -> Condition:
    (condition,) = verdict([one], [found] if found else [], **values).conditions
    return condition


@pytest.mark.parametrize(
    ("operator", "value", "state"),
    [
        (Operator.AT_LEAST, "2.9999", Standing.MISSING),
        (Operator.AT_LEAST, 3, Standing.MET),
        (Operator.MORE_THAN, 3, Standing.MISSING),
        (Operator.MORE_THAN, "3.0001", Standing.MET),
        (Operator.AT_MOST, 3, Standing.MET),
        (Operator.AT_MOST, "3.0001", Standing.MISSING),
        (Operator.LESS_THAN, 3, Standing.MISSING),
        (Operator.LESS_THAN, "2.9999", Standing.MET),
    ],
)
def test_a_number_is_held_exactly_against_the_threshold(operator: Operator, value: object, state: Standing) -> None:
    assert row(criterion(operator=operator), measurement(value)).state == state


@pytest.mark.parametrize(
    ("found", "reason", "mover"),
    [
        (None, "counted again", Mover.NOBODY),
        (measurement(99, data_version=9), "counted again", Mover.NOBODY),
        (measurement(None, reason="No source is connected."), "No source is connected.", Mover.ACTIVATOR),
        (measurement(99, valid_until=TODAY - timedelta(days=1)), "stale since 16 Jun 2026", Mover.ACTIVATOR),
    ],
)
def test_what_cannot_be_told_is_unknown(found: Measurement | None, reason: str, mover: Mover) -> None:
    condition = row(criterion(), found)
    assert condition.state == Standing.UNKNOWN
    assert reason in condition.reason
    assert condition.move == mover


def test_a_value_is_good_on_its_last_day() -> None:
    assert row(criterion(), measurement(3, valid_until=TODAY)).state == Standing.MET


def test_only_the_same_window_counts() -> None:
    yearly = criterion(window_days=365)
    assert row(yearly, measurement(3)).state == Standing.UNKNOWN
    assert row(yearly, measurement(3, window_days=365)).state == Standing.MET


def test_an_undefined_threshold_only_informs() -> None:
    undefined = criterion(threshold=None, strength=Strength.INFORMATIONAL)
    condition = row(undefined, measurement(3, detail={"teams": 2}))
    assert (condition.state, condition.wanted) == (Standing.UNKNOWN, "undefined")
    assert condition.reason == "Undefined, 2 of 3 teams."
    enough = row(undefined, measurement(3, detail={"teams": 5})).reason
    assert enough == "Undefined: 5 teams have shown their growth; an admin adopts a threshold."
    assert verdict([criterion(), undefined], [measurement()]).state == Outcome.OPEN


@pytest.mark.parametrize(
    ("points", "state"),
    [
        ([], Standing.IN_PROGRESS),
        ([10, 11, 12], Standing.IN_PROGRESS),
        ([10, "11.5", {"day": "2026-06-07", "value": 12}, 12], Standing.MET),
        ([12, "9.99", 12, 12], Standing.IN_PROGRESS),
        ([12, None, 12, 12], Standing.IN_PROGRESS),
    ],
)
def test_growth_holds_on_four_weekly_points(points: list[object], state: Standing) -> None:
    growth = criterion(measure=Measure.ACTIVE_GROWTH, threshold=Decimal(10))
    found = measurement(12, measure=Measure.ACTIVE_GROWTH, points=points, detail={"baseline": 5})
    assert row(growth, found).state == state


@pytest.mark.parametrize("measure", [Measure.ACTIVE_GROWTH, Measure.CONTRIBUTION_JUMP])
def test_a_small_baseline_needs_a_partners_word_for_that_baseline(measure: Measure) -> None:
    growth = criterion(measure=measure, threshold=Decimal(10))

    def found(value: int, baseline: int) -> Measurement:
        return measurement(value, measure=measure, points=[value] * 4, detail={"baseline": baseline})

    condition = row(growth, found(12, 4))
    assert (condition.state, condition.move) == (Standing.UNKNOWN, Mover.PARTNER)
    assert condition.needs_confirmation
    word = Confirmation(criterion_id=1, baseline=4)
    assert row(growth, found(12, 4), confirmations=[word]).state == Standing.MET
    assert row(growth, found(12, 3), confirmations=[word]).state == Standing.UNKNOWN
    assert row(growth, found(12, 4), confirmations=[Confirmation(criterion_id=2, baseline=4)]).state == Standing.UNKNOWN
    assert row(growth, found(12, 5)).state == Standing.MET
    assert row(growth, found(2, 4), confirmations=[word]).state == Standing.MISSING


def test_a_waiver_settles_one_condition_up_to_its_last_day() -> None:
    mine = waiver(criterion_id=1)
    condition = row(criterion(), measurement(1), waivers=[mine])
    assert (condition.state, condition.gap, condition.waiver) == (Standing.WAIVED, "until 17 Jun 2026", mine)
    for void in (
        waiver(criterion_id=1, expires_on=TODAY - timedelta(days=1)),
        waiver(criterion_id=1, state=Waiver.State.ASKED),
        waiver(criterion_id=1, state=Waiver.State.REFUSED),
        waiver(criterion_id=1, state=Waiver.State.WITHDRAWN),
        waiver(criterion_id=2),
        waiver(milestone_id=1),
    ):
        assert row(criterion(), measurement(1), waivers=[void]).state == Standing.MISSING
    assert row(criterion(), measurement(3), waivers=[mine]).state == Standing.MET
    assert row(criterion(), None, waivers=[mine]).state == Standing.WAIVED
    # A criterion that has not been saved has no key: it must not find the waiver of a milestone.
    assert row(criterion(pk=None), measurement(1), waivers=[waiver(milestone_id=1)]).state == Standing.MISSING


@pytest.mark.parametrize(
    ("states", "standing", "have", "moves"),
    [
        ([milestone(1), milestone(2)], Standing.MISSING, "0", ((Mover.ACTIVATOR, 2),)),
        ([milestone(1, State.IN_PROGRESS), milestone(2)], Standing.IN_PROGRESS, "0", ((Mover.ACTIVATOR, 2),)),
        ([milestone(1, State.DONE), milestone(2)], Standing.IN_PROGRESS, "1", ((Mover.ACTIVATOR, 1),)),
        ([milestone(1, State.DONE), milestone(2, State.VERIFIED)], Standing.MET, "2", ()),
        (
            [milestone(1, State.DONE, needs_verification=True), milestone(2, State.VERIFIED, needs_verification=True)],
            Standing.IN_PROGRESS,
            "1",
            ((Mover.PARTNER, 1),),
        ),
        ([milestone(1, State.NOT_APPLICABLE)], Standing.IN_PROGRESS, "0", ((Mover.PARTNER, 1),)),
        ([milestone(1, State.NOT_APPLICABLE, agreed=True)], Standing.MET, "1", ()),
        ([milestone(1, State.DONE), milestone(2, required=False)], Standing.MET, "1", ()),
    ],
)
def test_required_milestones_make_one_row(
    states: list[MilestoneState], standing: Standing, have: str, moves: tuple[tuple[Mover, int], ...]
) -> None:
    (condition,) = verdict([], [], states=states).conditions
    assert (condition.kind, condition.state, condition.have, condition.moves) == ("milestones", standing, have, moves)


def test_a_required_child_counts_on_its_own() -> None:
    parent = MilestoneState(Milestone(pk=1), State.DONE, children=(milestone(2), milestone(3, required=False)))
    (condition,) = verdict([], [], states=[parent]).conditions
    assert (condition.wanted, condition.have, condition.gap) == ("2 of 2", "1", "1 to go")
    assert [state.milestone.pk for state in condition.unsettled] == [2]


def test_a_milestone_may_be_waived() -> None:
    states = [milestone(1, State.DONE), milestone(2)]
    (condition,) = verdict([], [], states=states, waivers=[waiver(milestone_id=2)]).conditions
    assert (condition.state, condition.have, condition.gap) == (Standing.WAIVED, "1", "until 17 Jun 2026")
    (condition,) = verdict([], [], states=states, waivers=[waiver(milestone_id=1)]).conditions
    assert condition.state == Standing.IN_PROGRESS


MET, MISSING, UNKNOWN = measurement(3), measurement(1), measurement(None, reason="Broken.")


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        (MET, MET, Outcome.OPEN),
        (MET, MISSING, Outcome.CLOSED),
        (MET, UNKNOWN, Outcome.UNDECIDED),
        (MISSING, UNKNOWN, Outcome.CLOSED),
        (UNKNOWN, UNKNOWN, Outcome.UNDECIDED),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_closed_beats_cannot_decide(first: Measurement, second: Measurement, outcome: Outcome, swapped: bool) -> None:
    pair = [(first, Measure.ACTIVE_CONTRIBUTORS), (second, Measure.CORE_CONTRIBUTORS)]
    criteria = [criterion(pk=number, measure=measure) for number, (_found, measure) in enumerate(pair, 1)]
    found = [
        measurement(each.value, measure=measure, reason=each.reason) for each, measure in pair[:: -1 if swapped else 1]
    ]
    assert verdict(criteria, found).state == outcome


@pytest.mark.parametrize("strength", [Strength.ADVISED, Strength.INFORMATIONAL])
@pytest.mark.parametrize("found", [[], [measurement(1, measure=Measure.LEADERS)]])
def test_only_required_conditions_close_a_gate(strength: Strength, found: list[Measurement]) -> None:
    advised = criterion(pk=2, measure=Measure.LEADERS, strength=strength)
    assert verdict([advised, criterion()], [MET, *found]).state == Outcome.OPEN


def test_a_stage_that_requires_nothing_cannot_be_decided() -> None:
    empty = verdict([criterion(strength=Strength.ADVISED)], [MET])
    assert empty.state == Outcome.UNDECIDED
    assert "no required condition" in empty.reason


def test_a_retired_criterion_is_not_asked() -> None:
    assert [row.key for row in verdict([criterion(), criterion(pk=2, retired=True)], [MET]).conditions] == ["active"]


def test_a_verdict_behind_the_facts_is_updating() -> None:
    behind = verdict([criterion()], [measurement(3, data_version=9)])
    assert (behind.updating, behind.state, behind.conditions[0].have) == (True, Outcome.UNDECIDED, "3")
    assert not verdict([criterion()], [measurement(3, data_version=10)]).updating
    assert not verdict([criterion()], [], waivers=[waiver(criterion_id=1)]).updating


def test_the_verdict_counts_its_required_rows_and_whose_moves() -> None:
    found = verdict(
        [criterion(), criterion(pk=2, measure=Measure.CORE_CONTRIBUTORS), criterion(pk=3, measure=Measure.LEADERS)],
        [measurement(1), measurement(1, measure=Measure.CORE_CONTRIBUTORS)],
        states=[milestone(1), milestone(2, State.DONE, needs_verification=True)],
        waivers=[waiver(criterion_id=2)],
    )
    assert (found.met, found.waived, found.unknown, len(found.required), len(found.blocking)) == (0, 1, 1, 4, 3)
    assert found.moves == {Mover.ACTIVATOR: 2, Mover.PARTNER: 1}


def test_required_rows_come_first() -> None:
    criteria = [
        criterion(pk=1, key="informs", strength=Strength.INFORMATIONAL),
        criterion(pk=2, key="advises", strength=Strength.ADVISED),
        criterion(pk=3, key="requires"),
    ]
    found = verdict(criteria, [MET], states=[milestone(1)])
    assert [row.key for row in found.conditions] == ["requires", "milestones", "advises", "informs"]


@pytest.mark.parametrize(
    ("values", "value", "detail", "words"),
    [
        (
            {"measure": Measure.NEW_CONTRIBUTORS, "operator": Operator.MORE_THAN, "threshold": Decimal(25)},
            25,
            {},
            ("more than 25", "25", "1 more person"),
        ),
        (
            {"measure": Measure.NEW_CONTRIBUTORS, "operator": Operator.MORE_THAN, "threshold": Decimal(25)},
            24,
            {},
            ("more than 25", "24", "2 more people"),
        ),
        (
            {"measure": Measure.FUNNELS_CONNECTED, "threshold": Decimal("2.00")},
            "0.0000",
            {},
            ("at least 2", "0", "2 more"),
        ),
        (
            {"measure": Measure.PROTOTYPE_CONTRIBUTORS, "operator": Operator.AT_MOST, "threshold": Decimal(20)},
            23,
            {},
            ("at most 20", "23", "3 too many"),
        ),
        (
            {"measure": Measure.CORE_RETENTION, "threshold": Decimal("0.5")},
            "0.4999",
            {},
            ("at least 50 %", "49.9 %", "0.1 percentage points to go"),
        ),
        (
            {"measure": Measure.ACTIVE_GROWTH, "threshold": Decimal(10)},
            "9.9999",
            {},
            ("at least 10 times", "9.99 times", "0.01 times to go"),
        ),
        (
            {"measure": Measure.ACTIVE_GROWTH, "threshold": Decimal(10)},
            "3.3333",
            {"baseline": 6},
            ("at least 10 times", "3.33 times", "40 more people"),
        ),
    ],
)
def test_numbers_are_said_in_plain_words_that_do_not_flatter(
    values: dict[str, Any], value: object, detail: dict[str, int], words: tuple[str, str, str]
) -> None:
    found = measurement(value, measure=values["measure"], detail=detail)
    condition = row(criterion(**values), found)
    assert (condition.wanted, condition.have, condition.gap) == words


def test_the_verdict_of_a_team_is_read_from_its_rows(people: People) -> None:
    team = people.team
    found, _measurement = measured(team, 0)
    task = MilestoneFactory.create(stage=team.stage)
    assert gates.verdict_of(fresh(team)).state == Outcome.CLOSED
    milestones.record(team, milestone=task, actor=people.activator, action=Action.DONE, seen=0)
    assert [row.state for row in gates.verdict_of(fresh(team)).blocking] == [Standing.MISSING]
    Waiver.objects.create(
        team=team,
        criterion=found,
        reason="Later.",
        expires_on=clock.today(),
        asked_by=people.activator,
        decided_by=people.partner,
        decided_at=clock.now(),
        state=Waiver.State.GRANTED,
    )
    assert gates.verdict_of(fresh(team)).is_open


def test_the_definitions_and_numbers_of_other_teams_do_not_matter(people: People) -> None:
    measured(people.team, 1)
    elsewhere = TeamFactory.create(stage=StageFactory.create(order=2))
    measured(elsewhere, 0)
    MilestoneFactory.create(stage=elsewhere.stage)
    beside = TeamFactory.create(stage=people.team.stage)
    verdicts = gates.verdicts_of([fresh(team) for team in (people.team, elsewhere, beside)])
    assert [each.state for each in verdicts.values()] == [Outcome.OPEN, Outcome.CLOSED, Outcome.UNDECIDED]


def test_many_verdicts_cost_as_many_queries_as_one(db: None) -> None:
    first, second = StageFactory.create(order=1), StageFactory.create(order=2)
    for stage in (first, second):
        CriterionFactory.create(stage=stage)
        MilestoneFactory.create(stage=stage)
    user = UserFactory.create()
    costs = []
    for count in (1, 10, 100):
        for number in range(Team.objects.count(), count):
            team = TeamFactory.create(stage=second if number % 2 else first)
            MeasurementFactory.create(team=team)
            MilestoneEvent.objects.create(
                team=team,
                milestone=team.stage.milestones.get(),
                seq=1,
                action=Action.DONE,
                state=State.DONE,
                actor=user,
            )
        teams = list(Team.objects.all())
        with CaptureQueriesContext(connection) as queries:
            verdicts = gates.verdicts_of(teams)
        costs.append(len(queries))
        assert len(verdicts) == count
        assert all(verdict.is_open for verdict in verdicts.values())
    assert costs == [6, 6, 6]


def test_a_preview_names_the_teams_that_a_change_would_open_or_close(people: People) -> None:
    stage = people.team.stage
    found, _measurement = measured(people.team, 3)
    short = TeamFactory.create(stage=stage)
    MeasurementFactory.create(team=short, value=0)
    task = MilestoneFactory.create(stage=stage, required=False)
    TeamFactory.create(stage=stage, state=Team.State.RETIRED)

    def preview() -> list[tuple[str, bool, bool]]:
        changes = gates.preview(stage, [found], [task])
        return [(each.team.slug, each.opens, each.closes) for each in changes if each.opens or each.closes]

    assert preview() == []
    found.threshold = Decimal(4)
    assert preview() == [("lantern", False, True)]
    found.threshold = Decimal(0)
    assert preview() == [(short.slug, True, False)]
    found.threshold, task.required = Decimal(1), True
    assert preview() == [("lantern", False, True)]
    unsaved = [found, Criterion(stage=stage, key="new", measure=Measure.LEADERS, threshold=Decimal(1))]
    task.required = False
    assert [change.team for change in gates.preview(stage, unsaved, [task]) if change.closes] == [people.team]
    changes = {each.team: each for each in gates.preview(stage, [found], [task, Milestone(stage=stage, key="new")])}
    assert changes[people.team].closes
    assert not Criterion.objects.filter(key="new").exists()
