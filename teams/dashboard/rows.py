"""The milestones as rows of the page: state, and the buttons that make sense for this reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from teams.access import Access
from teams.comments import Talk
from teams.milestones import Action, MilestoneState, State
from teams.proofs import Proof


@dataclass(frozen=True)
class Button:
    """One action: what is posted, and what it says."""

    action: Action
    label: str
    is_primary: bool = False


@dataclass(frozen=True)
class Row:
    """One milestone of the page. `direct` are its buttons, `more` those that want a word first.

    `talk` was said about it; `proof` is what the data says of an open one.
    """

    state: MilestoneState
    direct: tuple[Button, ...]
    more: tuple[Button, ...]
    is_child: bool
    talk: Talk
    proof: Proof | None = None


def flat(states: Iterable[MilestoneState]) -> list[MilestoneState]:
    """All of them in the order of the page, children after their parent."""
    return [each for state in states for each in (state, *state.children)]


def rows_of(
    states: Iterable[MilestoneState], access: Access, proofs: Mapping[int, Proof], talks: Mapping[str, Talk]
) -> list[Row]:
    """All rows in the order of the page; `proofs` by the milestone's id, `talks` by the name of their place."""
    rows = []
    for state in flat(states):
        key = state.milestone.pk
        rows.append(row_of(state, access, talks[f"milestone-{key}"], proofs.get(key)))
    return rows


def row_of(state: MilestoneState, access: Access, talk: Talk, proof: Proof | None = None) -> Row:
    """One row."""
    moves = state.moves(access)
    direct = [_button(state, action) for action in moves if _is_direct(state, action)]
    more = [_button(state, action) for action in moves if action in {Action.NOTE, Action.NOT_APPLICABLE}]
    more += [_button(state, action) for action in moves if action == Action.UNDO and not _is_direct(state, action)]
    is_child = state.milestone.parent_id is not None
    return Row(state, tuple(direct), tuple(more), is_child=is_child, talk=talk, proof=proof)


def _is_direct(state: MilestoneState, action: Action) -> bool:
    """Ticking is one click; so is the way back from what is ticked. "Still true" shows when it is due."""
    ticked = state.state in {State.DONE, State.VERIFIED, State.NOT_APPLICABLE}
    if action == Action.DONE:
        return not ticked or state.refresh_due
    return action in {Action.START, Action.VERIFY} or (action == Action.UNDO and ticked)


def _button(state: MilestoneState, action: Action) -> Button:
    labels = {
        Action.START: _("Start"),
        Action.DONE: _("Still true") if state.state in {State.DONE, State.VERIFIED} else _("Done"),
        Action.VERIFY: _("Agree") if state.state == State.NOT_APPLICABLE else _("Verify"),
        Action.NOT_APPLICABLE: _("Not applicable"),
        Action.UNDO: _("Undo"),
        Action.NOTE: _("Keep the note"),
    }
    return Button(action, labels[action], is_primary=action == Action.VERIFY)
