"""The gate of a team as it stands: reads what the judge needs, in a fixed number of queries for any number of teams."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet, TextField, Value, prefetch_related_objects
from django.db.models.functions import Cast, Concat

from lifecycle import clock
from lifecycle.models import Criterion, Milestone, Stage
from lifecycle.prepared import prepared
from teams import milestones as boards
from teams.judging import GROWTH
from teams.judging import judge as judge
from teams.milestone_state import MilestoneState
from teams.models import Confirmation, Measurement, Team, Waiver
from teams.verdicts import Condition as Condition
from teams.verdicts import Mover as Mover
from teams.verdicts import Outcome as Outcome
from teams.verdicts import Standing as Standing
from teams.verdicts import Verdict as Verdict


@dataclass(frozen=True)
class Change:
    """What a changed definition would do to one team's gate."""

    team: Team
    before: Verdict
    after: Verdict

    @property
    def opens(self) -> bool:
        """The gate would open."""
        return self.after.is_open

    @property
    def closes(self) -> bool:
        """The gate is open and would no longer be."""
        return self.before.is_open


def verdict_of(team: Team) -> Verdict:
    """The verdict of a team's gate now, computed live. The team must be freshly read: its versions count."""
    return verdicts_of([team])[team.pk]


def verdicts_of(
    teams: Iterable[Team],
    *,
    states: dict[int, list[MilestoneState]] | None = None,
    waivers: dict[int, list[Waiver]] | None = None,
    measurements: dict[int, list[Measurement]] | None = None,
) -> dict[int, Verdict]:
    """The verdicts of many teams, each of its own stage, by the team's id; at most six queries (seven without stages).

    `states` are the boards of the teams, `waivers` and `measurements` all of theirs, if the caller has read them.
    """
    teams = list(teams)
    prefetch_related_objects(teams, "stage")
    criteria = _criteria({team.stage_id for team in teams})
    evidence = _Evidence(teams, criteria, waivers, measurements)
    states = boards.boards_of(teams) if states is None else states
    return {team.pk: evidence.judge(team, criteria, states[team.pk]) for team in teams}


def preview(stage: Stage, criteria: Sequence[Criterion], milestones: Sequence[Milestone]) -> list[Change]:
    """The teams in a stage whose verdict would change under other criteria and milestones, all of them as given.

    Nothing is saved: the definitions may be unsaved, or saved ones with other values. Retired teams are left out.
    """
    teams = list(Team.objects.filter(stage=stage).exclude(state=Team.State.RETIRED).select_related("stage"))
    before = verdicts_of(teams)
    evidence = _Evidence(teams, criteria)
    states = boards.boards_of(teams, [each for each in milestones if not each.retired])
    changes = [Change(team, before[team.pk], evidence.judge(team, criteria, states[team.pk])) for team in teams]
    return [change for change in changes if change.before.state != change.after.state]


Row = TypeVar("Row", Measurement, Waiver, Confirmation)


class _Evidence:
    """Everything but definitions and milestones that the judge needs for some teams: three queries."""

    def __init__(
        self,
        teams: list[Team],
        criteria: Iterable[Criterion],
        waivers: dict[int, list[Waiver]] | None = None,
        measurements: dict[int, list[Measurement]] | None = None,
    ) -> None:
        self.today = clock.today()
        asked = {f"{each.stage_id}/{each.measure}" for each in criteria}
        measured = _asked_for(teams, asked) if asked and measurements is None else []
        self.measurements = _by_team(measured) if measurements is None else measurements
        self.waivers = _by_team(_granted(teams)) if waivers is None else waivers
        # A partner's word is about the baseline of a growth: without one, nobody is asked.
        is_grown = any(each.measure in GROWTH for each in criteria)
        self.confirmations = _by_team(_confirmed(teams) if is_grown else [])

    def judge(self, team: Team, criteria: Iterable[Criterion], states: list[MilestoneState]) -> Verdict:
        """The verdict of one of the teams."""
        return judge(
            team.stage,
            criteria=[each for each in criteria if each.stage_id == team.stage_id],
            milestones=states,
            measurements=self.measurements[team.pk],
            waivers=self.waivers[team.pk],
            confirmations=self.confirmations[team.pk],
            facts_version=team.facts_version,
            today=self.today,
            data_version=team.data_version,
        )


def _by_team(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.team_id].append(row)
    return grouped


@prepared
def _criteria(stages: Iterable[int]) -> QuerySet[Criterion]:
    return Criterion.objects.filter(stage__any=stages, retired=False)


@prepared
def _asked_for(teams: Iterable[Team], asked: Iterable[str]) -> QuerySet[Measurement]:
    """Of a team's measurements, those that its own stage asks for: with thousands of teams it is the most there is."""
    by_stage = Concat(Cast("team__stage", TextField()), Value("/"), "measure", output_field=TextField())
    return Measurement.objects.alias(by_stage=by_stage).filter(team__any=teams, by_stage__any=asked)


@prepared
def _granted(teams: Iterable[Team]) -> QuerySet[Waiver]:
    found = Waiver.objects.filter(team__any=teams, state=Waiver.State.GRANTED)
    return found.select_related("asked_by", "decided_by", "criterion", "milestone")


@prepared
def _confirmed(teams: Iterable[Team]) -> QuerySet[Confirmation]:
    return Confirmation.objects.filter(team__any=teams).select_related("by")
