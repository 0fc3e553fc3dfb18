"""What a gate says: the verdict and its rows. Values only; `teams/judging.py` makes them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from lifecycle.measures import Measure, Strength
from lifecycle.models import Criterion, Stage
from teams.milestone_state import MilestoneState
from teams.models import Confirmation, Measurement, Waiver


class Outcome(models.TextChoices):
    """The gate as a whole.

    *Closed* beats *cannot decide*: a required condition that is known to be unmet closes the gate whatever the
    unknown ones would say, and both are shown.
    """

    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    UNDECIDED = "undecided", _("cannot decide")


class Standing(models.TextChoices):
    """One condition."""

    MET = "met", _("met")
    WAIVED = "waived", _("waived")
    IN_PROGRESS = "in_progress", _("in progress")
    MISSING = "missing", _("missing")
    UNKNOWN = "unknown", _("cannot decide")


class Mover(models.TextChoices):
    """Whose move is next."""

    ACTIVATOR = "activator", _("activator")
    PARTNER = "partner", _("CBT partner")
    ADMIN = "admin", _("admin")
    NOBODY = "nobody", _("nobody")


#: Standings that do not keep a gate from opening.
SETTLED = frozenset({Standing.MET, Standing.WAIVED})


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One row of the gate: wanted, have, gap and reason are words for people, the rest is for links and records.

    A row is either a criterion (`criterion`, `measure`, `measurement`, `waiver`, `confirmation`) or the required
    milestones of the stage together (`milestones`: all of them, `unsettled`: those still to do, `waivers`).
    `outlook` is put in by `teams/trajectories.py` where a page shows it; no verdict depends on it.
    """

    key: str
    kind: str
    label: str
    sentence: str = ""
    explanation: str = ""
    strength: Strength = Strength.REQUIRED
    state: Standing
    wanted: str
    have: str
    gap: str = ""
    outlook: str = ""
    reason: str = ""
    as_of: date | None = None
    updating: bool = False
    moves: tuple[tuple[Mover, int], ...] = ()
    criterion: Criterion | None = None
    measure: Measure | None = None
    measurement: Measurement | None = None
    waiver: Waiver | None = None
    confirmation: Confirmation | None = None
    baseline: int | None = None
    needs_confirmation: bool = False
    milestones: tuple[MilestoneState, ...] = ()
    unsettled: tuple[MilestoneState, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    @property
    def move(self) -> Mover:
        """Whose move is next; the one with most to do where it is several people's."""
        return self.moves[0][0] if self.moves else Mover.NOBODY

    @property
    def lack(self) -> str:
        """What it lacks, to end a sentence with: the gap, else why it cannot be told; no capital and no full stop."""
        return (self.gap or self.reason[:1].lower() + self.reason[1:]).rstrip(".")

    @property
    def is_required(self) -> bool:
        """Whether it can keep the gate from opening."""
        return self.strength == Strength.REQUIRED

    @property
    def settled(self) -> bool:
        """Met or waived."""
        return self.state in SETTLED

    @property
    def blocks(self) -> bool:
        """Required and not settled: what stands between the team and the next stage."""
        return self.is_required and not self.settled


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the gate at the end of a stage says on a day, from one state of the team's data."""

    stage: Stage
    state: Outcome
    conditions: tuple[Condition, ...]
    data_version: int
    facts_version: int
    as_of: date
    reason: str = ""

    @property
    def updating(self) -> bool:
        """A required measure is behind the facts: it is being counted again, and nothing may be decided."""
        return any(condition.updating and condition.blocks for condition in self.conditions)

    @property
    def is_open(self) -> bool:
        """Every required condition is met or waived, on current numbers."""
        return self.state == Outcome.OPEN

    @property
    def required(self) -> list[Condition]:
        """The required conditions."""
        return [condition for condition in self.conditions if condition.is_required]

    @property
    def blocking(self) -> list[Condition]:
        """The required conditions that are not settled."""
        return [condition for condition in self.conditions if condition.blocks]

    def count(self, state: Standing) -> int:
        """How many required conditions stand so."""
        return sum(condition.state == state for condition in self.required)

    @property
    def met(self) -> int:
        """Required conditions that are met."""
        return self.count(Standing.MET)

    @property
    def waived(self) -> int:
        """Required conditions that are waived."""
        return self.count(Standing.WAIVED)

    @property
    def unknown(self) -> int:
        """Required conditions that cannot be decided."""
        return self.count(Standing.UNKNOWN)

    @property
    def moves(self) -> dict[Mover, int]:
        """How many moves each side has to make before the gate can open, most first."""
        counts: Counter[Mover] = Counter()
        for condition in self.blocking:
            for mover, number in condition.moves:
                counts[mover] += number
        return dict(counts.most_common())
