"""Where a pace leads: the arithmetic against a plain walk from week to week, and the words at the gate."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.measures import Measure
from teams import gates
from teams.models import Measurement, Team
from teams.trajectories import with_outlook
from teams.trajectory import APART, HORIZON, POINTS, Trajectory, slopes, trajectory
from tests.conftest import People
from tests.factories import CriterionFactory, MeasurementFactory
from tests.weeks import week

SINCE = date(2026, 6, 14)
counts = st.integers(0, 300)
points = st.lists(counts, min_size=POINTS, max_size=POINTS + 4)


def walked(pace: Fraction, missing: int) -> date | None:
    """Week after week, until enough have come or the horizon is passed."""
    come, day = Fraction(0), SINCE
    while day - SINCE <= HORIZON:
        if come >= missing:
            return day
        come += pace
        day += timedelta(weeks=1)
    return None


@given(points, st.integers(1, 500))
def test_the_range_is_where_the_fastest_and_the_middle_pace_arrive(told: list[int], missing: int) -> None:
    last = told[-POINTS:]
    paces = sorted(Fraction(b - a, j - i) for i, a in enumerate(last) for j, b in enumerate(last) if j - i >= APART)
    middle = (paces[4] + paces[5]) / 2
    found = trajectory(told, missing=missing, since=SINCE)
    assert len(paces) == 10
    assert found == Trajectory(walked(paces[-1], missing), walked(middle, missing))


@given(points, st.integers(1, 500), st.integers(0, 9))
def test_the_middle_pace_never_arrives_before_the_fastest(told: list[int], missing: int, hold: int) -> None:
    found = trajectory(told, missing=missing, since=SINCE, hold=hold)
    assert found is not None
    if found.middle is not None:
        assert found.soonest is not None
        assert SINCE + timedelta(weeks=hold) < found.soonest <= found.middle


@given(points, st.integers(1, 500), st.integers(-50, 50))
def test_who_is_there_already_does_not_change_the_pace(told: list[int], missing: int, more: int) -> None:
    moved = [number + more for number in told]
    assert trajectory(told, missing=missing, since=SINCE) == trajectory(moved, missing=missing, since=SINCE)


@given(st.lists(counts, max_size=POINTS - 1))
def test_of_fewer_than_eight_points_nothing_is_said(told: list[int]) -> None:
    assert trajectory(told, missing=1, since=SINCE) is None


def test_one_good_week_moves_the_fastest_pace_and_not_the_middle_one() -> None:
    still = [10, 10, 10, 10, 10, 10, 10, 10]
    burst = [*still[:-1], 18]
    assert slopes(burst)[-1] == 2
    assert trajectory(burst, missing=10, since=SINCE) == Trajectory(SINCE + timedelta(weeks=5), None)
    assert trajectory(still, missing=10, since=SINCE) == Trajectory(None, None)


@pytest.mark.parametrize(
    ("soonest", "middle", "words"),
    [
        (None, None, "At this pace not reached within ten years."),
        (
            date(2027, 3, 7),
            None,
            "Not before March 2027 at the best pace of the last eight weeks, and not reached at the middle one.",
        ),
        (date(2027, 3, 7), date(2027, 3, 28), "At this pace not before March 2027."),
        (
            date(2027, 3, 7),
            date(2028, 1, 2),
            "At this pace not before March 2027; at the middle pace of the last eight weeks not before January 2028.",
        ),
    ],
)
def test_it_is_said_as_a_range_of_months(soonest: date | None, middle: date | None, words: str) -> None:
    assert Trajectory(soonest, middle).words == words


# --- at the gate -----------------------------------------------------------------------------------

SUNDAY = date(2026, 6, 14)


def outlook(team: Team) -> str:
    fresh = Team.objects.select_related("stage").get(pk=team.pk)
    (row,) = with_outlook(fresh, gates.verdict_of(fresh).conditions)
    return row.outlook


def asked(team: Team, measure: Measure, *, threshold: int, value: int, **told: object) -> Measurement:
    days = 28 if measure == Measure.NEW_CONTRIBUTORS else None
    CriterionFactory.create(stage=team.stage, measure=measure, threshold=threshold, window_days=days)
    found: Measurement = MeasurementFactory.create(
        team=team, measure=measure, value=value, as_of=SUNDAY, window_days=days or 0, **told
    )
    return found


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_a_stock_is_told_by_the_weekly_rows_up_to_its_own_day(people: People) -> None:
    for back in range(8, -1, -1):
        week(people.team, SUNDAY - timedelta(weeks=back), active=9 - back)
    week(people.team, SUNDAY + timedelta(weeks=1), active=0)  # past the day to which the data is complete
    asked(people.team, Measure.ACTIVE_CONTRIBUTORS, threshold=19, value=9)
    assert outlook(people.team) == "At this pace not before August 2026."  # one a week, ten are missing: 23 August


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_new_ones_are_summed_over_the_window_of_the_condition(people: People) -> None:
    # From the fifth week on, one newcomer a week; in four weeks that makes one more at each of the last points.
    for back in range(14, -1, -1):
        week(people.team, SUNDAY - timedelta(weeks=back), new=2 if back < 4 else 0)
    asked(people.team, Measure.NEW_CONTRIBUTORS, threshold=18, value=8)
    found = outlook(people.team)  # best: eight more within four weeks, two a week: five weeks for ten
    assert found.startswith("At this pace not before July 2026; at the middle pace")


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_growth_is_told_by_its_own_course_and_has_to_hold_four_weeks(people: People) -> None:
    first = SUNDAY - timedelta(weeks=7)
    course = {"first": first.isoformat(), "active": [4, 5, 6, 7, 8, 9, 10, 11, *[0] * 52]}
    asked(people.team, Measure.ACTIVE_GROWTH, threshold=10, value=5, detail={"baseline": 2, "course": course})
    # Twenty are wanted and ten are there: ten weeks at one a week, and three more on which it has to hold.
    assert outlook(people.team) == f"At this pace not before {SUNDAY + timedelta(weeks=13):%B %Y}."


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("measure", "told"),
    [
        (Measure.ACTIVE_CONTRIBUTORS, {"value": 30}),  # met
        (Measure.LEADERS, {"value": 1}),  # no weeks tell it
        (Measure.ACTIVE_GROWTH, {"value": 2, "detail": {"baseline": 2}}),  # measured before a course was kept
    ],
)
def test_nothing_is_said_of_what_is_met_or_not_told_by_week(
    people: People, measure: Measure, told: dict[str, object]
) -> None:
    for back in range(8, -1, -1):
        week(people.team, SUNDAY - timedelta(weeks=back), active=9 - back)
    asked(people.team, measure, threshold=20, **told)  # type: ignore[arg-type]
    assert outlook(people.team) == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_the_dashboard_and_the_explanation_say_it(people: People) -> None:
    for back in range(8, -1, -1):
        week(people.team, SUNDAY - timedelta(weeks=back), active=9 - back)
    asked(people.team, Measure.ACTIVE_CONTRIBUTORS, threshold=19, value=9)
    client = people.client("viewer")
    words = "At this pace not before August 2026."
    assert words in client.get("/teams/lantern/").content.decode()
    page = client.get("/teams/lantern/numbers/active_contributors/").content.decode()
    assert words in page
    assert "last eight weekly points" in page
