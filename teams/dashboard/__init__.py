"""The read model of a team's page: everything it shows, in a fixed number of queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lifecycle import clock
from lifecycle.measures import Measure
from lifecycle.models import Duty, Stage
from teams import case_studies, comments, gates, milestones, promotion, risks, waivers
from teams.access import Access
from teams.dashboard.activity import Entry, activity_of
from teams.dashboard.moves import Move, Situation, moves_of
from teams.dashboard.numbers import Numbers, numbers_of
from teams.dashboard.pathways import PathwayRow, pathways_of
from teams.dashboard.people import Crew, crew_of
from teams.dashboard.rows import Row, rows_of
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
    numbers: Numbers | None
    pathways: Sequence[PathwayRow]
    data: Data
    mine: Sequence[Part]
    others: Sequence[Part]
    risks: Sequence[TeamRisk]
    check_ins: Sequence[Kept]
    case_studies: Sequence[CaseStudy]
    activity: Sequence[Entry]

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
    stages = list(Stage.objects.filter(retired=False))
    states = milestones.board(team)
    verdict = gates.verdicts_of([team], states={team.pk: states})[team.pk]
    crew = crew_of(team)
    request = promotion.pending_request(team)
    asked = waivers.of_team(team)
    register = [risk for risk in risks.register(team) if risk.state != TeamRisk.State.CLOSED]
    check_ins = list(CheckIn.objects.filter(team=team).select_related("by")[:CHECK_INS])
    situation = Situation(team, verdict, request, asked, register, check_ins[0] if check_ins else None)
    mine, others = _parts(team.stage, access)
    shown = [each.milestone.pk for state in states for each in (state, *state.children)]
    talks = comments.about(team, milestones=shown, check_ins=[each.pk for each in check_ins])
    return Dashboard(
        team=team,
        stages=stages,
        next_stage=next((stage for stage in stages if stage.order > team.stage.order), None),
        crew=crew,
        verdict=verdict,
        conditions=[row for row in verdict.conditions if not (only_missing and row.settled)],
        track=track(team, stages, list(Promotion.objects.filter(team=team).select_related("to_stage"))),
        rows=rows_of(states, access, talks),
        tally=_tally(states),
        moves=moves_of(situation, reader=reader, access=access, crew=crew),
        request=request,
        waivers=asked,
        numbers=numbers_of(team, population),
        pathways=pathways_of(team, population),
        data=_data(team),
        mine=mine,
        others=others,
        risks=register,
        check_ins=[Kept(each, talks[f"check-in-{each.pk}"]) for each in check_ins],
        case_studies=case_studies.of_team(team),
        activity=activity_of(team),
    )


def _tally(states: Sequence[milestones.MilestoneState]) -> Counter[str]:
    """How many milestones, children counted, stand in each state; beside them what the gate asks for and counts.

    What is optional is apart: done or not, the gate does not count it.
    """
    flat = [each for state in states for each in (state, *state.children)]
    tally = Counter(str(each.state) for each in flat)
    tally["required"] = sum(each.milestone.required for each in flat)
    tally["settled"] = sum(each.satisfied for each in flat if each.milestone.required)
    tally["optional"] = len(flat) - tally["required"]
    return tally


def _parts(stage: Stage, access: Access) -> tuple[list[Part], list[Part]]:
    """The duties of the stage: the reader's own roles, and the others'."""
    duties = list(Duty.objects.filter(stage=stage, retired=False))
    parts = [
        Part(role.value, str(role.label), tuple(duty for duty in duties if duty.role == role)) for role in Duty.Role
    ]
    return (
        [part for part in parts if part.role in access.roles],
        [part for part in parts if part.role not in access.roles],
    )


def _data(team: Team) -> Data:
    """Freshness as the measures know it: they carry the day their data is complete to."""
    found = Measurement.objects.filter(team=team, measure=Measure.ACTIVE_CONTRIBUTORS, value__isnull=False).first()
    if found is None:
        return Data(None, None)
    stale = found.valid_until is not None and found.valid_until < clock.today()
    return Data(found.as_of, found.valid_until if stale else None)
