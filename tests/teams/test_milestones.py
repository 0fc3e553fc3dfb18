from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from lifecycle.models import Milestone
from teams import milestones
from teams.access import access_to
from teams.milestone_state import TRANSITIONS, MilestoneState, replay
from teams.milestones import Action, Conflict, Refused, State
from teams.models import MilestoneEvent, Team, User
from teams.standings import Period
from tests.conftest import People
from tests.factories import MembershipFactory, MilestoneFactory, StageFactory, TeamFactory, UserFactory


@pytest.fixture
def milestone(people: People) -> Milestone:
    created: Milestone = MilestoneFactory.create(stage=people.team.stage)
    return created


def act(people: People, milestone: Milestone, action: Action, who: str = "activator", **values: Any) -> MilestoneEvent:
    """The person does it with a fresh screen."""
    values.setdefault("seen", milestones.state_of(people.team, milestone).seq)
    values.setdefault("note", "Because." if action in {Action.NOT_APPLICABLE, Action.NOTE} else "")
    return milestones.record(people.team, milestone=milestone, actor=getattr(people, who), action=action, **values)


def now(people: People, milestone: Milestone) -> MilestoneState:
    return milestones.state_of(people.team, milestone)


def test_the_usual_way(people: People, milestone: Milestone) -> None:
    act(people, milestone, Action.START)
    act(people, milestone, Action.DONE, link="https://docs.example/notes")
    event = act(people, milestone, Action.VERIFY, "partner")
    assert (event.seq, event.state) == (3, State.VERIFIED)
    state = now(people, milestone)
    assert (state.state, state.seq, state.link) == (State.VERIFIED, 3, "https://docs.example/notes")
    assert state.done is not None
    assert state.verification is not None
    assert (state.done.actor, state.verification.actor) == (people.activator, people.partner)


def test_undo_returns_to_exactly_what_was_before(people: People, milestone: Milestone) -> None:
    steps = [(Action.START, "activator"), (Action.DONE, "activator"), (Action.VERIFY, "partner")]
    before = [State.OPEN]
    for action, who in steps:
        before.append(State(act(people, milestone, action, who).state))
    act(people, milestone, Action.NOTE, "partner")
    for state in reversed(before[:-1]):
        assert act(people, milestone, Action.UNDO, "partner").state == state
        assert now(people, milestone).state == state
    with pytest.raises(Refused):
        act(people, milestone, Action.UNDO, "partner")


@pytest.mark.parametrize("who", ["viewer", "outsider"])
@pytest.mark.parametrize("action", Action)
def test_who_has_no_role_does_nothing(people: People, milestone: Milestone, action: Action, who: str) -> None:
    with pytest.raises(PermissionDenied):
        act(people, milestone, action, who)
    assert not MilestoneEvent.objects.exists()


def test_partner_does_not_tick_and_activator_does_not_verify(people: People, milestone: Milestone) -> None:
    for action in (Action.START, Action.DONE, Action.NOT_APPLICABLE):
        with pytest.raises(PermissionDenied):
            act(people, milestone, action, "partner")
    act(people, milestone, Action.DONE)
    with pytest.raises(PermissionDenied):
        act(people, milestone, Action.VERIFY)
    act(people, milestone, Action.VERIFY, "partner")
    with pytest.raises(PermissionDenied):
        act(people, milestone, Action.UNDO)


def test_whoever_marked_it_done_never_verifies_it(people: People, milestone: Milestone) -> None:
    act(people, milestone, Action.DONE, "admin")
    with pytest.raises(Refused, match="yourself"):
        act(people, milestone, Action.VERIFY, "admin")
    assert act(people, milestone, Action.VERIFY, "partner").state == State.VERIFIED


def test_not_applicable_counts_once_a_partner_agrees(people: People, milestone: Milestone) -> None:
    with pytest.raises(Refused, match="why"):
        act(people, milestone, Action.NOT_APPLICABLE, note="  ")
    act(people, milestone, Action.NOT_APPLICABLE)
    assert not now(people, milestone).satisfied
    assert now(people, milestone).waits_for_partner
    act(people, milestone, Action.VERIFY, "partner")
    state = now(people, milestone)
    assert (state.state, state.agreed, state.satisfied) == (State.NOT_APPLICABLE, True, True)
    with pytest.raises(Refused):
        act(people, milestone, Action.VERIFY, "admin")


def test_a_stale_screen_conflicts_with_the_fresh_state(people: People, milestone: Milestone) -> None:
    act(people, milestone, Action.START)
    with pytest.raises(Conflict) as caught:
        act(people, milestone, Action.DONE, "admin", seen=0)
    assert caught.value.current.seq == 1
    assert caught.value.current.state == State.IN_PROGRESS
    with pytest.raises(Conflict):
        act(people, milestone, Action.DONE, seen=7)
    act(people, milestone, Action.DONE, seen=1)
    act(people, milestone, Action.VERIFY, "partner", seen=2)
    with pytest.raises(Conflict):  # on this screen it was still the activator's own to undo
        act(people, milestone, Action.UNDO, seen=2)
    assert MilestoneEvent.objects.count() == 3


def test_a_double_click_is_one_event(people: People, milestone: Milestone) -> None:
    first = act(people, milestone, Action.DONE, seen=0, note="Held on Monday.")
    assert act(people, milestone, Action.DONE, seen=0, note="Held on Monday.") == first
    with pytest.raises(Conflict):
        act(people, milestone, Action.DONE, seen=0, note="Another note.")
    assert MilestoneEvent.objects.count() == 1


def test_only_milestones_that_are_asked_of_the_team(people: People, milestone: Milestone) -> None:
    """A screen may show others: of a stage that the team has left since, in either direction, or retired since."""
    done = act(people, milestone, Action.DONE)
    later = MilestoneFactory.create(stage=StageFactory.create(order=2))
    retired = MilestoneFactory.create(stage=people.team.stage, retired=True)
    for each, why in ((later, "is in Stage 1 now"), (retired, "has retired it")):
        with pytest.raises(Conflict, match=why):
            act(people, each, Action.DONE)
    people.team.stage = later.stage
    assert act(people, later, Action.DONE)
    for action in (Action.UNDO, Action.NOTE, Action.VERIFY):
        with pytest.raises(Conflict, match="is in Stage 2 now"):
            act(people, milestone, action, "partner")
    assert act(people, milestone, Action.DONE, seen=0) == done, "the same click twice is still one"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://x.example/", "notes", "data:text/html,x"])
def test_a_link_leads_to_the_web(people: People, milestone: Milestone, link: str) -> None:
    with pytest.raises(Refused, match="http"):
        act(people, milestone, Action.DONE, link=link)


def test_a_note_changes_nothing_and_says_something(people: People, milestone: Milestone) -> None:
    act(people, milestone, Action.DONE)
    assert act(people, milestone, Action.NOTE, "partner").state == State.DONE
    with pytest.raises(Refused):
        act(people, milestone, Action.NOTE, note="")
    assert now(people, milestone).note == "Because."


def test_moves_are_what_the_verb_accepts(people: People, milestone: Milestone) -> None:
    act(people, milestone, Action.DONE)
    moves = {
        name: set(now(people, milestone).moves(access_to(getattr(people, name), people.team)))
        for name in ("viewer", "activator", "partner", "admin")
    }
    assert moves == {
        "viewer": set(),
        "activator": {Action.NOT_APPLICABLE, Action.UNDO, Action.NOTE},
        "partner": {Action.VERIFY, Action.UNDO, Action.NOTE},
        "admin": {Action.VERIFY, Action.NOT_APPLICABLE, Action.UNDO, Action.NOTE},
    }


def event(seq: int, action: Action, state: State, day: date) -> MilestoneEvent:
    at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    return MilestoneEvent(seq=seq, action=action, state=state, at=at, actor_id=1)


@pytest.mark.parametrize(
    ("days", "state", "due"),
    [
        (0, State.DONE, False),
        (29, State.DONE, False),
        (30, State.DONE, True),
        (59, State.DONE, True),
        (60, State.OPEN, False),
        (400, State.OPEN, False),
    ],
)
def test_what_is_regular_turns_amber_then_open(days: int, state: State, due: bool) -> None:
    ticked = date(2026, 3, 1)
    found = replay(
        Milestone(refresh_days=30),
        [event(1, Action.DONE, State.DONE, ticked), event(2, Action.NOTE, State.DONE, ticked + timedelta(days=20))],
        today=ticked + timedelta(days=days),
    )
    assert (found.state, found.refresh_due, found.lapsed) == (state, due, state == State.OPEN)


def test_the_refresh_clock_stands_still_while_paused() -> None:
    found = replay(
        Milestone(refresh_days=30),
        [event(1, Action.DONE, State.DONE, date(2020, 1, 1))],
        today=date(2026, 1, 1),
        pauses=[Period(Team.State.PAUSED, date(2025, 12, 1), None)],
    )
    assert (found.state, found.refresh_due, found.lapsed) == (State.DONE, False, False)


def test_still_true_starts_the_clock_anew_and_keeps_the_verification() -> None:
    events = [
        event(1, Action.DONE, State.DONE, date(2026, 1, 1)),
        event(2, Action.VERIFY, State.VERIFIED, date(2026, 1, 2)),
    ]
    milestone = Milestone(refresh_days=30)
    amber = replay(milestone, events, today=date(2026, 2, 5))
    assert amber.refresh_due
    assert amber.after(Action.DONE) == State.VERIFIED
    again = [*events, event(3, Action.DONE, State.VERIFIED, date(2026, 2, 5))]
    assert not replay(milestone, again, today=date(2026, 2, 6)).refresh_due
    # An undo gives the old date back with the old state.
    undone = [*again, event(4, Action.UNDO, State.VERIFIED, date(2026, 2, 6))]
    assert replay(milestone, undone, today=date(2026, 2, 6)).refresh_due
    # Once lapsed, it is done anew, and verified anew.
    assert replay(milestone, events, today=date(2026, 4, 1)).after(Action.DONE) == State.DONE
    assert replay(milestone, events, today=date(2026, 4, 1)).after(Action.VERIFY) is None


def test_still_true_makes_no_sense_without_a_refresh(people: People, milestone: Milestone) -> None:
    act(people, milestone, Action.DONE)
    with pytest.raises(Refused):
        act(people, milestone, Action.DONE)


def test_the_board_nests_children_in_two_queries(people: People, milestone: Milestone) -> None:
    child = MilestoneFactory.create(stage=people.team.stage, parent=milestone)
    orphan = MilestoneFactory.create(
        stage=people.team.stage, parent=MilestoneFactory.create(stage=people.team.stage, retired=True)
    )
    act(people, child, Action.DONE)
    with CaptureQueriesContext(connection) as queries:
        board = milestones.board(people.team)
        assert [state.milestone for state in board] == [milestone, orphan]
        assert [(state.milestone, state.state) for state in board[0].children] == [(child, State.DONE)]
        assert str(board[0].children[0].events[0].actor)
    assert len(queries) == 2


def test_many_boards_cost_as_much_as_one(people: People, milestone: Milestone) -> None:
    teams = [people.team]
    for count in (1, 10, 100):
        teams += TeamFactory.create_batch(count - len(teams), stage=milestone.stage)
        with CaptureQueriesContext(connection) as queries:
            assert len(milestones.boards_of(teams)) == count
        assert len(queries) == 2


class Ticking(RuleBasedStateMachine):
    """Three people act on one milestone, some from stale screens; a plain list says what must come of it."""

    team: Team
    actors: list[User]

    def __init__(self) -> None:
        super().__init__()
        self.milestone = MilestoneFactory.create(stage=self.team.stage)
        self.stack: list[tuple[State, int, Action]] = []
        self.count = 0

    def expected(self) -> State:
        return self.stack[-1][0] if self.stack else State.OPEN

    def allowed(self, actor: int, action: Action) -> bool:
        """From 1-definitions, without the code under test: 0 is an activator, 1 a partner, 2 an admin."""
        works, guides = actor in {0, 2}, actor in {1, 2}
        if action == Action.VERIFY:
            mine = any(who == actor and what in {Action.DONE, Action.NOT_APPLICABLE} for _s, who, what in self.stack)
            agreed = bool(self.stack) and self.stack[-1][2] == Action.VERIFY
            return guides and not mine and not agreed and self.expected() in {State.DONE, State.NOT_APPLICABLE}
        if action == Action.UNDO:
            return bool(self.stack) and (guides or self.stack[-1][2] != Action.VERIFY)
        return action == Action.NOTE or (works and self.expected() in TRANSITIONS[action])

    @rule(actor=st.integers(0, 2), action=st.sampled_from(Action))
    def click(self, actor: int, action: Action) -> None:
        allowed = self.allowed(actor, action)
        try:
            made = self.record(actor, action, self.count)
        except (Refused, PermissionDenied):
            assert not allowed
            return
        assert allowed
        self.count += 1
        if action == Action.UNDO:
            self.stack.pop()
        elif action != Action.NOTE:
            after = {Action.START: State.IN_PROGRESS, Action.DONE: State.DONE, Action.VERIFY: State.VERIFIED}
            state = after.get(action, State.NOT_APPLICABLE)
            if action == Action.VERIFY and self.expected() == State.NOT_APPLICABLE:
                state = State.NOT_APPLICABLE
            self.stack.append((state, actor, action))
        assert (made.seq, made.state) == (self.count, self.expected())

    @precondition(lambda self: self.count > 0)
    @rule(actor=st.integers(0, 2), action=st.sampled_from(Action), behind=st.integers(1, 5))
    def click_on_a_stale_screen(self, actor: int, action: Action, behind: int) -> None:
        try:
            made = self.record(actor, action, max(0, self.count - behind))
        except (Conflict, PermissionDenied):
            return
        assert made.actor == self.actors[actor]  # a double click: nothing new
        assert made.action == action

    @invariant()
    def nothing_is_lost(self) -> None:
        state = milestones.state_of(self.team, self.milestone)
        assert [each.seq for each in state.events] == list(range(1, self.count + 1))
        assert state.state == self.expected()
        assert not state.events or state.events[-1].state == state.state

    def record(self, actor: int, action: Action, seen: int) -> MilestoneEvent:
        return milestones.record(
            self.team, milestone=self.milestone, actor=self.actors[actor], action=action, seen=seen, note="Because."
        )


def test_any_sequence_of_clicks_replays_to_the_state(db: None) -> None:
    Ticking.team = TeamFactory.create()
    activator, partner = (
        MembershipFactory.create(team=Ticking.team, role=role).user for role in ("activator", "partner")
    )
    Ticking.actors = [activator, partner, UserFactory.create(is_staff=True)]
    run_state_machine_as_test(
        Ticking,
        settings=settings(
            stateful_step_count=12,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
