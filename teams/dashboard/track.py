"""The stage track: where a team has been, is, and may go, with dates from its decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from lifecycle import clock
from lifecycle.models import Stage
from teams.models import Promotion, Team
from teams.pauses import Pauses, running_days


@dataclass(frozen=True)
class Stop:
    """One stage on the track: 'past', 'now' or 'next'. Of several stays the last one is dated.

    Its days are those that ran; the days of a pause stand beside them.
    """

    stage: Stage
    place: str
    entered_on: date | None = None
    days: int = 0
    paused: int = 0


@dataclass(frozen=True)
class Stay:
    """One stay in one stage, from the decision that began it to the one that ended it."""

    stage: Stage
    entered_on: date
    left_on: date | None
    began: Promotion
    pauses: Pauses
    ended: Promotion | None = None

    @property
    def days(self) -> int:
        """Days of the stay that ran, until today while it lasts: the clock stands still while a team is paused."""
        return running_days(self.pauses, self.entered_on, self.until)

    @property
    def paused(self) -> int:
        """Days of the stay on which the clock stood still."""
        return (self.until - self.entered_on).days - self.days

    @property
    def until(self) -> date:
        """The day on which it was left, today while it lasts."""
        return self.left_on or clock.today()


def stays(decisions: Sequence[Promotion], pauses: Pauses) -> list[Stay]:
    """A team's stays in order, from its decisions in order of `seq`. A declined request moves nobody."""
    moves = [decision for decision in decisions if decision.kind != Promotion.Kind.DECLINED]
    spent: list[Stay] = []
    for decision in moves:
        if spent:
            spent[-1] = replace(spent[-1], left_on=decision.effective_on, ended=decision)
        spent.append(Stay(decision.to_stage, decision.effective_on, None, decision, pauses))
    return spent


def track(team: Team, stages: Sequence[Stage], decisions: Sequence[Promotion], pauses: Pauses) -> list[Stop]:
    """Every stage in order, with the date and length of the team's last stay in those up to its own."""
    last = {stay.stage.pk: stay for stay in stays(decisions, pauses)}
    stops = []
    for stage in stages:
        stay = last.get(stage.pk)
        if stage.pk == team.stage_id:
            days = running_days(pauses, team.entered_on, clock.today())
            stops.append(Stop(stage, "now", team.entered_on, days, (clock.today() - team.entered_on).days - days))
        elif stage.order > team.stage.order:
            stops.append(Stop(stage, "next"))
        elif stay:
            stops.append(Stop(stage, "past", stay.entered_on, stay.days, stay.paused))
        else:
            stops.append(Stop(stage, "past"))
    return stops
