"""What the data shows, against plain loops over the same rows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifecycle.measures import Measure
from teams.models import Measurement, MilestoneEvent, Role, Signal, Team, User
from teams.sightings import Sighting, sightings_of
from tests import weeks
from tests.factories import (
    CheckInFactory,
    MeasurementFactory,
    MembershipFactory,
    MilestoneFactory,
    RiskFactory,
    StageFactory,
    TeamFactory,
    TeamRiskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Kind = Signal.Kind
TODAY = date(2026, 6, 17)
quickly = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def noon(days_ago: int) -> datetime:
    return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) - timedelta(days=days_ago)


def seen(team: Team, kind: Signal.Kind) -> Sighting | None:
    """What is seen of one kind; a KeyError where it cannot be told."""
    fresh = Team.objects.select_related("stage").get(pk=team.pk)
    return sightings_of([fresh], TODAY)[team.pk][kind]


def tick(team: Team, actor: User, days_ago: int, action: str = "done") -> None:
    milestone = MilestoneFactory.create(stage=team.stage)
    MilestoneEvent.objects.create(
        team=team, milestone=milestone, seq=1, action=action, state=action, actor=actor, at=noon(days_ago)
    )


#: Most by the first person, so that both sides of nine tenths are met.
ticks = st.tuples(
    st.sampled_from([0] * 12 + [1, 2]),
    st.sampled_from([0, 3, 90, 179, 180, 300]),
    st.sampled_from(["done"] * 9 + ["verify"]),
)


@quickly
@given(made=st.lists(ticks, min_size=5, max_size=24), leaves=st.sampled_from([False, False, False, True]))
def test_one_activator_does_nearly_all_ticks(made: list[tuple[int, int, str]], leaves: bool) -> None:
    team = TeamFactory.create()
    people = [MembershipFactory.create(team=team).user, MembershipFactory.create(team=team).user, UserFactory.create()]
    if leaves:
        team.memberships.filter(user=people[0]).update(ends_on=TODAY)
    for who, days_ago, action in made:
        tick(team, people[who], days_ago, action)
    counted = [who for who, days_ago, action in made if action == "done" and days_ago < 180]
    wanted = None
    for who in range(2):
        mine = counted.count(who)
        if len(counted) >= 8 and mine * 10 >= len(counted) * 9 and not (who == 0 and leaves):
            numbers = {"ticks": len(counted), "by_one": mine, "days": 180}
            wanted = Sighting(10 if mine == len(counted) else 9, numbers, people[who].pk)
    assert seen(team, Kind.TICKS) == wanted


flows = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3))


@quickly
@given(told=st.lists(flows, min_size=7, max_size=7))
def test_more_people_lapse_from_core_than_become_core(told: list[tuple[int, int, int]]) -> None:
    team = TeamFactory.create()
    MeasurementFactory.create(team=team, measure=Measure.CORE_CONTRIBUTORS, value=1, as_of=TODAY)
    sunday = TODAY + timedelta(days=4)
    converted = lapsed = stock = 0
    # Two runs of weeks: around the border of the window, and up to the present one.
    for back, (won, returned, lost) in zip((54, 53, 52, 51, 2, 1, 0), told, strict=True):
        before = 0 if back in (54, 2) else stock
        lost = min(lost, before + won + returned)  # noqa: PLW2901  # nobody lapses who was not there
        stock = before + won + returned - lost
        row = {"core_converted": won, "core_returned": returned, "core_lapsed": lost}
        weeks.week(team, sunday - timedelta(weeks=back), active=stock, core=stock, **row)
        if back < 52:
            converted, lapsed = converted + won, lapsed + lost
    found = seen(team, Kind.CORE_LAPSES)
    if lapsed <= converted:
        assert found is None
    else:
        assert found is not None
        assert (found.degree, found.evidence["converted"], found.evidence["lapsed"]) == (
            lapsed - converted,
            converted,
            lapsed,
        )
        assert (found.evidence["first"], found.evidence["last"]) == ("2025-06-23", "2026-06-17")


@quickly
@given(
    value=st.sampled_from([None, Decimal(0), Decimal(1), Decimal(2)]),
    valid=st.sampled_from([None, -1, 0, 5]),
    behind=st.booleans(),
    order=st.integers(1, 4),
    shares=st.lists(st.integers(1, 30), min_size=8, max_size=13),
)
def test_nobody_to_delegate_to_and_one_person_with_half_of_the_work(
    value: Decimal | None, valid: int | None, behind: bool, order: int, shares: list[int]
) -> None:
    if not Measurement.objects.exists():
        RiskFactory.create(stage=StageFactory.create(order=3), key="nobody-to-delegate-to")
    team = TeamFactory.create(stage=StageFactory.create(order=order))
    detail = {
        "contributors": len(shares),
        "contributions": sum(shares),
        "most": max(shares),
        "window_days": 365,
    }
    for measure in (Measure.CORE_CONTRIBUTORS, Measure.ABSENCE_FACTOR):
        MeasurementFactory.create(
            team=team,
            measure=measure,
            value=value,
            reason="" if value is not None else "No data.",
            valid_until=None if valid is None else TODAY + timedelta(days=valid),
            as_of=TODAY,
            detail=detail,
            data_version=0 if behind else 1_000_000,
        )
    fresh = Team.objects.select_related("stage").get(pk=team.pk)
    told = sightings_of([fresh], TODAY)[team.pk]
    known = value is not None and not behind and (valid is None or valid >= 0)
    assert (Kind.ONE_HALF in told) == (Kind.CORE_LAPSES in told) == known
    assert (Kind.NO_CORE in told) == (known and order >= 3)
    if Kind.NO_CORE in told:
        assert (told[Kind.NO_CORE] is not None) == (value == 0)
    if known:
        half = told[Kind.ONE_HALF]
        assert (half is not None) == (value == 1 and len(shares) >= 10)
        if half is not None:
            assert half.degree == 10 * max(shares) // sum(shares)


signs = st.lists(
    st.tuples(st.sampled_from(["partner", "second", "former", "activator", "check-in"]), st.integers(0, 200)),
    max_size=6,
)


@quickly
@given(made=signs, since=st.integers(0, 300), second=st.booleans(), has_partner=st.sampled_from([True, True, False]))
def test_the_partner_is_silent(made: list[tuple[str, int]], since: int, second: bool, has_partner: bool) -> None:
    team = TeamFactory.create()
    joined = noon(since)
    users = {name: UserFactory.create() for name in ("partner", "second", "former", "activator")}
    MembershipFactory.create(team=team, user=users["activator"])
    MembershipFactory.create(team=team, user=users["former"], role=Role.PARTNER, ends_on=TODAY)
    MembershipFactory.create(
        team=team, user=users["second"], role=Role.PARTNER, accepted_at=noon(300) if second else None
    )
    if has_partner:
        MembershipFactory.create(team=team, user=users["partner"], role=Role.PARTNER, accepted_at=joined)
    days = [300] * second + [since] * has_partner
    for number, (who, days_ago) in enumerate(made):
        if who == "check-in":
            CheckInFactory.create(team=team, held_on=TODAY - timedelta(days=days_ago), by=users["activator"])
        elif number % 2:
            tick(team, users[who], days_ago, "verify")
        else:
            TeamRiskFactory.create(team=team, raised_by=users[who], raised_at=noon(days_ago))
        if who == "check-in" or (who == "partner" and has_partner) or (who == "second" and second):
            days.append(days_ago)
    silent = min(days) if second or has_partner else 0
    found = seen(team, Kind.SILENCE)
    assert (found is not None) == (silent >= 60)
    if found is not None:
        last = (TODAY - timedelta(days=silent)).isoformat()
        assert found == Sighting(silent // 60, {"last": last, "days": silent})


def test_many_teams_cost_as_many_queries_as_one() -> None:
    def queries(teams: list[Team]) -> int:
        with CaptureQueriesContext(connection) as captured:
            sightings_of(teams, TODAY)
        return len(captured)

    teams = TeamFactory.create_batch(4)
    for team in teams:
        user = MembershipFactory.create(team=team, role=Role.PARTNER).user
        tick(team, user, 3)
    assert queries(teams) == queries(teams[:1]) == 8
