"""The read model of a team's page: everything it shows, in a fixed number of queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet

from lifecycle import clock
from lifecycle.models import Duty, Stage
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
from teams.dashboard.pathways import PathwayRow, pathways_of
from teams.dashboard.people import Crew, crew_of
from teams.dashboard.rows import Row, flat, rows_of
from teams.dashboard.signals import Signals, signals_of
from teams.dashboard.track import Stop, track
from teams.models import (
    CaseStudy,
    CheckIn,
    Measurement,
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
class Part:
    """The duties of one role in one stage."""

    role: str
    label: str
    duties: tuple[Duty, ...]


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
class Dashboard:
    """A team's page, ready for a template that only loops."""

    team: Team
    stages: Sequence[Stage]
    next_stage: Stage | None
    crew: Crew
    verdict: gates.Verdict
    conditions: Sequence[gates.Condition]
    track: Sequence[Stop]
    rows: Sequence[Row]
    tally: Counter[str]
    moves: Sequence[Move]
    request: PromotionRequest | None
    waivers: Sequence[Waiver]
    run: Run
    data: Data
    mine: Sequence[Part]
    others: Sequence[Part]
    risks: Sequence[TeamRisk]
    signals: Signals
    check_ins: Sequence[Kept]
    activity: Sequence[Entry]
    population: Population
    access: Access
    measured: Sequence[Measurement]

    # What a fragment of the page does without is read when the page shows it.

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
    signals = signals_of(team)
    run = run_among(measured)
    check_ins = _check_ins(team)
    situation = Situation(team, verdict, request, asked, register, check_ins[0] if check_ins else None, crew, paused)
    mine, others = _parts(team.stage, access)
    shown = [each.milestone.pk for each in flat(states)]
    talks = comments.about(team, milestones=shown, check_ins=[each.pk for each in check_ins])
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
        rows=rows_of(states, access, proofs_of(team, flat(states), verdict), talks),
        tally=_tally(states),
        moves=moves_of(situation, reader=reader, access=access),
        request=request,
        waivers=asked,
        run=run,
        data=_data(run),
        mine=mine,
        others=others,
        risks=register,
        signals=signals,
        check_ins=[Kept(each, talks[f"check-in-{each.pk}"]) for each in check_ins],
        activity=activity_of(
            team, events=events, decisions=decisions, waivers=every_waiver, risks=every_risk, signals=signals.every
        ),
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


def _parts(stage: Stage, access: Access) -> tuple[list[Part], list[Part]]:
    """The duties of the stage: the reader's own roles, and the others'."""
    duties = _duties(stage)
    parts = [
        Part(role.value, str(role.label), tuple(duty for duty in duties if duty.role == role)) for role in Duty.Role
    ]
    return (
        [part for part in parts if part.role in access.roles],
        [part for part in parts if part.role not in access.roles],
    )


def _data(run: Run) -> Data:
    """Freshness as the measures know it: they carry the day their data is complete to."""
    stale = run.valid_until is not None and run.valid_until < clock.today()
    return Data(run.as_of, run.valid_until if stale else None)


@prepared
def _stages() -> QuerySet[Stage]:
    return Stage.objects.filter(retired=False)


@prepared
def _duties(stage: Stage) -> QuerySet[Duty]:
    return Duty.objects.filter(stage=stage, retired=False)


@prepared
def _measured(team: Team) -> QuerySet[Measurement]:
    return Measurement.objects.filter(team=team)


@prepared
def _decisions(team: Team) -> QuerySet[Promotion]:
    return Promotion.objects.filter(team=team).select_related("to_stage", "decided_by")


@prepared
def _check_ins(team: Team) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(team=team).select_related("by")[:CHECK_INS]
