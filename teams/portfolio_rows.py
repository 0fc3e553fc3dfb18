"""What the portfolio says: a row a team, and the sums. Values only; `teams/portfolio.py` reads them."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from teams.gates import Outcome, Standing
from teams.models import Team
from teams.wording import signed

#: The marks of the required conditions, as the board draws them.
MARKS: Final = {
    Standing.MET: "met",
    Standing.WAIVED: "waived",
    Standing.IN_PROGRESS: "progress",
    Standing.MISSING: "open",
    Standing.UNKNOWN: "unknown",
}


@dataclass(frozen=True, kw_only=True)
class TeamRow:
    """One team as the reader scans it: its glance, and what of it is the reader's own."""

    team_id: int
    slug: str
    name: str
    state: str
    entered_on: date
    stage_id: int
    stage_order: int
    stage_name: str
    stage_short_name: str
    is_last: bool
    version: int
    outcome: str
    is_updating: bool
    met: int
    waived: int
    in_progress: int
    missing: int
    unknown: int
    lacks: list[dict[str, str]]
    reason: str
    is_asked: bool
    mover: str
    active: int | None
    change: int | None
    weeks: list[int]
    high_risks: int
    overdue_risks: int
    promotions_90d: int
    silent_since: date
    complete_to: date | None
    day: date
    is_mine: bool
    is_my_move: bool
    is_silent: bool
    is_stale: bool
    is_flagged: bool

    def __str__(self) -> str:
        return self.name

    @property
    def change_in_words(self) -> str:
        """The change of active contributors in twelve months; "" if there are none to speak of."""
        return "" if self.change is None else signed(self.change)

    @property
    def is_active(self) -> bool:
        """Neither paused nor retired."""
        return self.state == Team.State.ACTIVE

    @property
    def state_in_words(self) -> str:
        """Active or paused."""
        return str(Team.State(self.state).label)

    @property
    def gate_in_words(self) -> str:
        """What the gate says; in the last stage, which has none, what its conditions do."""
        if self.is_last:
            return _("all met") if self.is_open else _("not all met")
        return str(Outcome(self.outcome).label)

    @property
    def is_open(self) -> bool:
        """The gate is."""
        return self.outcome == Outcome.OPEN

    @property
    def days_silent(self) -> int:
        """Days since the last check-in."""
        return (self.day - self.silent_since).days

    @property
    def settled(self) -> int:
        """Required conditions met or waived."""
        return self.met + self.waived

    @property
    def required(self) -> int:
        """Required conditions."""
        return self.settled + self.in_progress + self.missing + self.unknown

    @property
    def marks(self) -> list[str]:
        """The mark of each required condition from met to cannot decide, as the board draws them."""
        return [mark for standing, mark in MARKS.items() for _each in range(getattr(self, standing.value))]


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Across the reader's own teams (all visible ones if none is the reader's own)."""

    is_own: bool
    teams: int
    active: int
    change: int
    open_gates: int
    waiting: int
    silent: int
    undecided: int
    high_risks: int
    overdue_risks: int
    promotions: int

    @property
    def change_in_words(self) -> str:
        """The change of active contributors in twelve months."""
        return signed(self.change)
