"""The state of a milestone as the replay of its events: pure, without the database.

Effective events (all but notes and undos) form a stack; an undo takes the last one off, so it returns to exactly
what was before. What is regular, on-going or continuing carries `refresh_days`: so many days after it was last
done or verified it turns amber (`refresh_due`), after twice as many it has lapsed and reads open again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date

from lifecycle.models import Milestone
from teams.access import Access
from teams.models import MilestoneEvent
from teams.pauses import Pauses, day_after, is_paused

Action = MilestoneEvent.Action
State = MilestoneEvent.State

TICKED = frozenset({State.DONE, State.VERIFIED})

#: What each action makes of each state; what is not here is refused. An undo is the stack's business, a note
#: keeps the state. Verifying what was marked not applicable keeps the state too: the partner agrees.
TRANSITIONS: dict[Action, dict[State, State]] = {
    Action.START: {State.OPEN: State.IN_PROGRESS},
    Action.DONE: {State.OPEN: State.DONE, State.IN_PROGRESS: State.DONE},
    Action.VERIFY: {State.DONE: State.VERIFIED, State.NOT_APPLICABLE: State.NOT_APPLICABLE},
    Action.NOT_APPLICABLE: dict.fromkeys((State.OPEN, State.IN_PROGRESS, State.DONE), State.NOT_APPLICABLE),
}


@dataclass(frozen=True)
class MilestoneState:
    """One milestone of one team on one day. `stack` holds the events in force, `events` all that ever happened."""

    milestone: Milestone
    state: State
    events: tuple[MilestoneEvent, ...] = ()
    stack: tuple[MilestoneEvent, ...] = ()
    due_on: date | None = None
    refresh_due: bool = False
    lapsed: bool = False
    children: tuple["MilestoneState", ...] = ()

    @property
    def seq(self) -> int:
        """The number of the last event, 0 before the first: what a screen sends back as `seen`."""
        return self.events[-1].seq if self.events else 0

    @property
    def last(self) -> MilestoneEvent | None:
        """The last event, notes and undos included."""
        return self.events[-1] if self.events else None

    @property
    def since(self) -> MilestoneEvent | None:
        """The event that made the state; None for an untouched milestone."""
        return self.stack[-1] if self.stack else None

    @property
    def done(self) -> MilestoneEvent | None:
        """The last tick in force ("done", or "still true"); None when there is none."""
        return self._last_of(Action.DONE)

    @property
    def verification(self) -> MilestoneEvent | None:
        """The last verification (or agreement) in force."""
        return self._last_of(Action.VERIFY)

    @property
    def agreed(self) -> bool:
        """Not applicable, and a partner has agreed."""
        return self.state == State.NOT_APPLICABLE and self.stack[-1].action == Action.VERIFY

    @property
    def note(self) -> str:
        """The last note that was written."""
        return next((event.note for event in reversed(self.events) if event.note), "")

    @property
    def link(self) -> str:
        """The last link that was given."""
        return next((event.link for event in reversed(self.events) if event.link), "")

    @property
    def satisfied(self) -> bool:
        """Whether the gate may count it: done, and verified where the definition asks for it.

        "Not applicable" counts once a partner has agreed: a team does not excuse itself from what is required.
        """
        if self.state == State.DONE:
            return not self.milestone.needs_verification
        return self.state == State.VERIFIED or self.agreed

    @property
    def waits_for_partner(self) -> bool:
        """The activator's part is done; a partner verifies or agrees."""
        return not self.satisfied and self.state in {State.DONE, State.NOT_APPLICABLE}

    def after(self, action: Action) -> State | None:
        """The state that the action would make, or None if it makes no sense now."""
        if action == Action.NOTE:
            return self.state
        if action == Action.UNDO:
            return _state_of(self.stack[:-1]) if self.stack else None
        if action == Action.VERIFY and self.agreed:
            return None
        if action == Action.DONE and self.state in TICKED and self.milestone.refresh_days:
            return self.state  # still true: the refresh clock starts anew, a verification stays
        return TRANSITIONS[action].get(self.state)

    def doers(self) -> set[int]:
        """Whoever marked the milestone done or not applicable, as far as it is in force: never its verifier."""
        marks = {Action.DONE, Action.NOT_APPLICABLE}
        return {event.actor_id for event in self.stack if event.action in marks}

    def allows(self, access: Access, action: Action) -> bool:
        """Whether the reader's roles permit the action here, sensible or not.

        Taking back a verification is a partner's business, like giving it.
        """
        if action in {Action.START, Action.DONE, Action.NOT_APPLICABLE}:
            return access.can_tick
        if action == Action.VERIFY:
            return access.can_verify
        if action == Action.UNDO and self.since is not None and self.since.action == Action.VERIFY:
            return access.can_verify
        return access.can_note

    def moves(self, access: Access) -> list[Action]:
        """What the reader can do here now: the buttons of the row, in the order of the actions."""
        return [
            action
            for action in Action
            if self.allows(access, action)
            and self.after(action) is not None
            and not (action == Action.VERIFY and access.user_id in self.doers())
        ]

    def _last_of(self, action: Action) -> MilestoneEvent | None:
        return next((event for event in reversed(self.stack) if event.action == action), None)


def replay(
    milestone: Milestone, events: Iterable[MilestoneEvent], *, today: date, pauses: Pauses = ()
) -> MilestoneState:
    """The state that the events, in order of `seq`, leave on a day.

    The refresh clock does not count the days of a pause; while one lasts, nothing is due.
    """
    everything = tuple(events)
    stack: list[MilestoneEvent] = []
    for event in everything:
        if event.action == Action.UNDO:
            stack.pop()
        elif event.action != Action.NOTE:
            stack.append(event)
    state = _state_of(stack)
    if state not in TICKED or not milestone.refresh_days:
        return MilestoneState(milestone, state, everything, tuple(stack))
    looked_at = stack[-1].at.astimezone(UTC).date()
    due_on = day_after(pauses, looked_at, milestone.refresh_days)
    lapses_on = day_after(pauses, looked_at, 2 * milestone.refresh_days)
    runs = not is_paused(pauses, today)
    lapsed = runs and lapses_on is not None and today >= lapses_on
    return MilestoneState(
        milestone,
        State.OPEN if lapsed else state,
        everything,
        tuple(stack),
        due_on=due_on,
        refresh_due=runs and not lapsed and due_on is not None and today >= due_on,
        lapsed=lapsed,
    )


def _state_of(stack: Iterable[MilestoneEvent]) -> State:
    """The state that the stack's last event left, or open."""
    state = State.OPEN
    for event in stack:
        state = State(event.state)
    return state
