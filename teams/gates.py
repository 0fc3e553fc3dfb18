"""The gate of a team as it stands: reads what the judge needs, in a fixed number of queries for any number of teams."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, prefetch_related_objects

from lifecycle import clock
from lifecycle.models import Criterion, Milestone, Stage
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
    criteria = list(Criterion.objects.filter(stage__in={team.stage_id for team in teams}, retired=False))
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
        # Of a team's measurements, those that its own stage asks for: with thousands of teams it is the most there is.
        asked = Q(pk__in=[])
        for stage in {each.stage_id for each in criteria}:
            asked |= Q(team__stage=stage, measure__in=[each.measure for each in criteria if each.stage_id == stage])
        measured = Measurement.objects.filter(asked, team__in=teams)
        self.measurements = _by_team(measured) if measurements is None else measurements
        granted = Waiver.objects.filter(team__in=teams, state=Waiver.State.GRANTED)
        granted = granted.select_related("asked_by", "decided_by", "criterion", "milestone")
        self.waivers = _by_team(granted) if waivers is None else waivers
        # A partner's word is about the baseline of a growth: without one, nobody is asked.
        confirmed = Confirmation.objects.filter(team__in=teams).select_related("by")
        self.confirmations = _by_team(confirmed if any(each.measure in GROWTH for each in criteria) else [])

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
