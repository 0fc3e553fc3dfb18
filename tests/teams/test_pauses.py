"""Clocks stand still while a team is paused: against a walk from day to day."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from teams import milestones
from teams.access import access_to
from teams.dashboard import dashboard_of
from teams.glance_evidence import Evidence
from teams.models import MilestoneEvent, Role, Signal, StateChange, Team
from teams.pauses import day_after, is_paused, pauses_of, running_days
from teams.sightings import sightings_of
from teams.standings import Period, periods
from tests.conftest import People
from tests.factories import CheckInFactory, MilestoneFactory
from tests.teams.scenes import fresh

FIRST = date(2026, 1, 1)
DAY = timedelta(days=1)
changes = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(list(Team.State))), max_size=6).map(
    lambda told: [
        StateChange(state=state, on=FIRST + days * DAY) for days, state in sorted(told, key=lambda one: one[0])
    ]
)
days = st.integers(-10, 80)


def still(told: list[StateChange]) -> set[date]:
    """The days on which the team's last change of the day or before left it not active."""
    found = set()
    for number in range(-20, 400):
        day, state = FIRST + number * DAY, Team.State.ACTIVE
        for change in told:
            state = Team.State(change.state) if change.on <= day else state
        if state != Team.State.ACTIVE:
            found.add(day)
    return found


@given(changes, days, st.integers(0, 90))
def test_days_run_on_those_that_lie_in_no_pause(told: list[StateChange], since: int, length: int) -> None:
    pauses, stopped = periods(told), still(told)
    first = FIRST + since * DAY
    walked = [first + number * DAY for number in range(length)]
    assert running_days(pauses, first, first + length * DAY) == sum(day not in stopped for day in walked)
    assert all(is_paused(pauses, day) == (day in stopped) for day in walked)


@given(changes, days, st.integers(0, 60))
def test_a_clock_runs_out_when_so_many_days_have_run(told: list[StateChange], since: int, length: int) -> None:
    stopped, first = still(told), FIRST + since * DAY
    day, ran = first, 0
    while ran < length and day < FIRST + 300 * DAY:
        ran += day not in stopped
        day += DAY
    assert day_after(periods(told), first, length) == (day if ran == length else None)


@pytest.mark.django_db
def test_a_tick_grows_old_by_the_days_that_ran(people: People, clock: time_machine.Traveller) -> None:
    milestone = MilestoneFactory.create(stage=people.team.stage, refresh_days=30)
    MilestoneEvent.objects.create(
        team=people.team, milestone=milestone, seq=1, action="done", state="done", actor=people.activator,
        at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    StateChange.objects.create(team=people.team, state=Team.State.PAUSED, on=date(2026, 3, 11))
    StateChange.objects.create(team=people.team, state=Team.State.ACTIVE, on=date(2026, 6, 1))
    found = milestones.state_of(fresh(people.team), milestone)
    assert (found.due_on, found.refresh_due) == (date(2026, 6, 21), False)
    assert milestones.board(fresh(people.team)) == [found]
    clock.move_to(datetime(2026, 6, 21, 12, tzinfo=UTC))
    assert milestones.state_of(fresh(people.team), milestone).refresh_due


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_silence_does_not_count_the_days_of_a_pause(people: People) -> None:
    today = date(2026, 6, 17)
    CheckInFactory.create(team=people.team, held_on=today - 100 * DAY)
    people.team.memberships.filter(role=Role.PARTNER).update(accepted_at=datetime(2020, 1, 1, tzinfo=UTC))

    def silent() -> tuple[int, bool, bool]:
        team = fresh(people.team)
        dashboard = dashboard_of(team, reader=people.partner, access=access_to(people.partner, team))
        moves = any(move.anchor == "check-ins" for move in dashboard.moves)
        shown = (today - Evidence([team], today, pauses_of([team])).of(team)["silent_since"]).days
        return shown, moves, sightings_of([team], today)[team.pk][Signal.Kind.SILENCE] is not None

    assert silent() == (100, True, True)
    StateChange.objects.create(team=people.team, state=Team.State.PAUSED, on=today - 90 * DAY)
    StateChange.objects.create(team=people.team, state=Team.State.ACTIVE, on=today - 45 * DAY)
    assert silent() == (55, True, False)
    StateChange.objects.create(team=people.team, state=Team.State.PAUSED, on=today - 30 * DAY)
    StateChange.objects.create(team=people.team, state=Team.State.ACTIVE, on=today - 5 * DAY)
    assert silent() == (30, False, False)


def test_a_pause_that_goes_on_stops_a_clock_for_good() -> None:
    pause = Period(Team.State.PAUSED, FIRST + 5 * DAY, None)
    assert day_after([pause], FIRST, 5) == FIRST + 5 * DAY
    assert day_after([pause], FIRST, 6) is None
