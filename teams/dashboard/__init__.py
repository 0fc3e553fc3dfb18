"""The read model of a team's page: everything it shows, in a fixed number of queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet

from lifecycle import clock
from lifecycle.models import Stage
from lifecycle.prepared import prepared
from teams import (
    beginnings,
    case_studies,
    comments,
    gates,
    milestones,
    promotion,
    risks,
    trajectories,
    waivers,
)
from teams.access import Access
from teams.beginnings import Beginning
from teams.dashboard.activity import Entry, activity_of
from teams.dashboard.growth import Growth, growth_of
from teams.dashboard.moves import Move, Situation, moves_of
from teams.dashboard.numbers import Numbers, numbers_of
from teams.dashboard.parts import Part, parts_of
from teams.dashboard.pathways import PathwayRow, pathways_of
from teams.dashboard.people import Crew, crew_of
from teams.dashboard.rows import Row, flat, rows_of
from teams.dashboard.signals import Signals, signals_of
from teams.dashboard.track import Stop, track
from teams.models import (
    CaseStudy,
    CheckIn,
    Measurement,
    MilestoneEvent,
    Population,
    Promotion,
    PromotionRequest,
    Team,
    TeamRisk,
    User,
    Waiver,
)
from teams.pauses import pauses_of
from teams.proofs import proofs_of
from teams.runs import Run, run_among

CHECK_INS = 5


@dataclass(frozen=True)
class Kept:
    """A check-in that was kept, and what was said about it."""

    check_in: CheckIn
    talk: comments.Talk


@dataclass(frozen=True)
class Data:
    """How far the team's numbers go, and since when they are stale."""

    complete_to: date | None
    stale_since: date | None


@dataclass(frozen=True)
class Record:
    """What has been read of the team's own records, from which several parts of the page are told."""

    states: Sequence[milestones.MilestoneState]
    events: Sequence[MilestoneEvent]
    decisions: Sequence[Promotion]
    waivers: Sequence[Waiver]
    risks: Sequence[TeamRisk]
    check_ins: Sequence[CheckIn]


@dataclass(frozen=True)
class Dashboard:
    """A team's page, ready for a template that only loops."""

    team: Team
    stages: Sequence[Stage]
    next_stage: Stage | None
    crew: Crew
    verdict: gates.Verdict
    conditions: Sequence[gates.Condition]
    track: Sequence[Stop]
    tally: Counter[str]
    moves: Sequence[Move]
    request: PromotionRequest | None
    waivers: Sequence[Waiver]
    run: Run
    data: Data
    risks: Sequence[TeamRisk]
    record: Record
    population: Population
    access: Access
    measured: Sequence[Measurement]

    # What a fragment of the page does without is read when the page shows it.

    @cached_property
    def rows(self) -> Sequence[Row]:
        """The milestones, with what the data says of each and what was said about it. One query."""
        states = self.record.states
        return rows_of(states, self.access, proofs_of(self.team, flat(states), self.verdict), self._talks)

    @cached_property
    def check_ins(self) -> Sequence[Kept]:
        """The latest, with what was said about each. No query beside that of the rows."""
        return [Kept(each, self._talks[f"check-in-{each.pk}"]) for each in self.record.check_ins]

    @cached_property
    def _talks(self) -> dict[str, comments.Talk]:
        shown = [each.milestone.pk for each in flat(self.record.states)]
        return comments.about(self.team, milestones=shown, check_ins=[each.pk for each in self.record.check_ins])

    @cached_property
    def parts(self) -> Sequence[Part]:
        """The duties of the stage by role. One query."""
        return parts_of(self.team.stage)

    @property
    def mine(self) -> Sequence[Part]:
        """Those of the reader's own roles."""
        return [part for part in self.parts if part.role in self.access.roles]

    @property
    def others(self) -> Sequence[Part]:
        """Those of the others."""
        return [part for part in self.parts if part.role not in self.access.roles]

    @cached_property
    def signals(self) -> Signals:
        """The risk signals. One query."""
        return signals_of(self.team)

    @cached_property
    def activity(self) -> Sequence[Entry]:
        """What happened lately. One query."""
        told = self.record
        return activity_of(
            self.team,
            events=told.events,
            decisions=told.decisions,
            waivers=told.waivers,
            risks=told.risks,
            signals=self.signals.every,
        )

    @cached_property
    def growth(self) -> Growth | None:
        """How the team grows towards what the gate asks for; None in stages whose gate does not. No query."""
        return growth_of(self.team, self.verdict)

    @cached_property
    def numbers(self) -> Numbers | None:
        """The team's people; None before anything was counted. One query."""
        return numbers_of(self.team, self.population)

    @cached_property
    def pathways(self) -> Sequence[PathwayRow]:
        """The pathways that are not closed. One query."""
        return pathways_of(self.team, self.population)

    @cached_property
    def case_studies(self) -> Sequence[CaseStudy]:
        """What was published about the team. One query."""
        return case_studies.of_team(self.team)

    @cached_property
    def beginning(self) -> Beginning | None:
        """The first three things, while nobody is counted."""
        return beginnings.of_team(
            self.team,
            self.access,
            is_staffed=bool(self.crew.activators and self.crew.partners),
            has_pathway=bool(self.pathways),
            is_counted=self.numbers is not None or self.data.complete_to is not None,
        )

    @property
    def updating(self) -> bool:
        """A number on the gate is being counted again, whether it decides or not."""
        return any(condition.updating for condition in self.verdict.conditions)


def dashboard_of(
    team: Team,
    *,
    reader: User,
    access: Access,
    population: Population = Population.VOLUNTEERS,
    only_missing: bool = False,
) -> Dashboard:
    """Everything the team's page shows to this reader. The team must be freshly read."""
    stages = _stages()
    events = milestones.events_of(team)
    paused = pauses_of([team])[team.pk]
    states = milestones.board(team, events=events, pauses=paused)
    every_waiver = waivers.all_of(team)
    measured = _measured(team)
    verdict = gates.verdicts_of(
        [team], states={team.pk: states}, waivers={team.pk: every_waiver}, measurements={team.pk: measured}
    )[team.pk]
    crew = crew_of(team)
    request = None if team.stage.is_last else promotion.pending_request(team)
    asked = waivers.pending(team, every_waiver)
    every_risk = risks.register(team)
    register = [risk for risk in every_risk if risk.state != TeamRisk.State.CLOSED]
    decisions = _decisions(team)
    run = run_among(measured)
    check_ins = _check_ins(team)
    situation = Situation(team, verdict, request, asked, register, check_ins[0] if check_ins else None, crew, paused)
    return Dashboard(
        team=team,
        stages=stages,
        next_stage=next((stage for stage in stages if stage.order > team.stage.order), None),
        crew=crew,
        verdict=verdict,
        conditions=trajectories.with_outlook(
            team, [row for row in verdict.conditions if not (only_missing and row.settled)]
        ),
        track=track(team, stages, decisions, paused),
        tally=_tally(states),
        moves=moves_of(situation, reader=reader, access=access),
        request=request,
        waivers=asked,
        run=run,
        data=_data(run),
        risks=register,
        record=Record(states, events, decisions, every_waiver, every_risk, check_ins),
        population=population,
        access=access,
        measured=measured,
    )


def _tally(states: Sequence[milestones.MilestoneState]) -> Counter[str]:
    """How many milestones, children counted, stand in each state; beside them what the gate asks for and counts.

    What is optional is apart: done or not, the gate does not count it.
    """
    every = flat(states)
    tally = Counter(str(each.state) for each in every)
    tally["required"] = sum(each.milestone.required for each in every)
    tally["settled"] = sum(each.satisfied for each in every if each.milestone.required)
    tally["optional"] = len(every) - tally["required"]
    return tally


def _data(run: Run) -> Data:
    """Freshness as the measures know it: they carry the day their data is complete to."""
    stale = run.valid_until is not None and run.valid_until < clock.today()
    return Data(run.as_of, run.valid_until if stale else None)


@prepared
def _stages() -> QuerySet[Stage]:
    return Stage.objects.filter(retired=False)


@prepared
def _measured(team: Team) -> QuerySet[Measurement]:
    return Measurement.objects.filter(team=team)


@prepared
def _decisions(team: Team) -> QuerySet[Promotion]:
    return Promotion.objects.filter(team=team).select_related("to_stage", "decided_by")


@prepared
def _check_ins(team: Team) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(team=team).select_related("by")[:CHECK_INS]
