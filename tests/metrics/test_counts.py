"""Weekly rows and the shared counts: whole tables by hand, and the sum that must always come out."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifecycle import clock as today_of
from metrics import counts
from metrics import weeks as weekly
from metrics.models import Contribution
from metrics.recount import recount
from pathways.models import Affiliation, Level, Pathway
from teams.models import Population, WeeklyCount
from tests.factories import ContributorFactory, EnrolmentFactory, PathwayFactory, PointFactory, TeamFactory
from tests.metrics.acts import act

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = timedelta(days=1)
SUNDAY = date(2026, 5, 31)


def rungs(pathway: Pathway) -> Pathway:
    """Casual for 14 days from one act, active for 14 from two."""
    PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=14)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=2, w=14)
    return pathway


def weeks(pathway_id: int, population: str, *columns: str) -> list[tuple[Any, ...]]:
    rows = WeeklyCount.objects.filter(pathway_id=pathway_id, population=population).order_by("week")
    return [(row.week, *(getattr(row, column) for column in columns)) for row in rows]


def test_each_week_tells_who_came_stood_returned_and_lapsed() -> None:
    pathway = rungs(PathwayFactory.create())
    person = ContributorFactory.create()
    act(pathway, person, SUNDAY - 6 * DAY, SUNDAY - 5 * DAY)  # Monday and Tuesday
    recount(pathway.team_id)
    columns = ("new", "casual", "active", "casual_converted", "casual_lapsed", "active_converted", "active_lapsed")
    assert weeks(pathway.pk, "volunteers", *columns) == [
        (SUNDAY, 1, 1, 1, 1, 0, 1, 0),
        (SUNDAY + 7 * DAY, 0, 1, 1, 0, 0, 0, 0),
        (SUNDAY + 14 * DAY, 0, 0, 0, 0, 1, 0, 1),
        (SUNDAY + 21 * DAY, 0, 0, 0, 0, 0, 0, 0),  # the current week
    ]
    assert weeks(0, "volunteers", *columns) == weeks(pathway.pk, "volunteers", *columns)
    assert weeks(pathway.pk, "people", *columns) == weeks(pathway.pk, "volunteers", *columns)
    assert {row[1:] for row in weeks(pathway.pk, "staff", *columns)} == {(0, 0, 0, 0, 0, 0, 0)}


def test_a_return_is_no_second_conversion() -> None:
    pathway = rungs(PathwayFactory.create())
    act(pathway, ContributorFactory.create(), SUNDAY - 40 * DAY, SUNDAY)
    recount(pathway.team_id)
    rows = weeks(0, "volunteers", "casual_converted", "casual_returned", "casual_lapsed", "new")
    assert [sum(row[column] for row in rows) for column in (1, 2, 3, 4)] == [1, 1, 2, 1]


def test_a_person_in_two_pathways_is_one_person_of_the_team() -> None:
    first = rungs(PathwayFactory.create())
    second = rungs(PathwayFactory.create(team=first.team))
    person = ContributorFactory.create()
    act(first, person, SUNDAY - 3 * DAY)
    act(second, person, SUNDAY)
    recount(first.team_id)
    assert weeks(0, "people", "new", "casual")[0] == (SUNDAY, 1, 1)
    assert counts.stock(first.team, on=SUNDAY, level=Level.CASUAL) == 1
    assert counts.conversions(first.team, level=Level.CASUAL, first=SUNDAY, last=SUNDAY) == 0
    assert counts.conversions(first.team, level=Level.CASUAL, first=SUNDAY, last=SUNDAY, pathway=second) == 1


def test_staff_and_bots_are_no_volunteers() -> None:
    pathway = rungs(PathwayFactory.create())
    staff, bot, changed = (
        ContributorFactory.create(),
        ContributorFactory.create(is_bot=True),
        ContributorFactory.create(),
    )
    Affiliation.objects.create(contributor=staff, kind="staff", from_on=date(2020, 1, 1))
    Affiliation.objects.create(contributor=changed, kind="staff", from_on=date(2020, 1, 1), until_on=SUNDAY)
    for person in (staff, bot, changed):
        act(pathway, person, SUNDAY - DAY, SUNDAY)
    recount(pathway.team_id)
    stock = {name: counts.stock(pathway.team, on=SUNDAY, level=Level.CASUAL, population=name) for name in Population}
    assert stock == {Population.VOLUNTEERS: 1, Population.STAFF: 2, Population.PEOPLE: 2}
    assert counts.stock(pathway.team, on=SUNDAY, level=Level.ACTIVE) == 0  # one act as staff, one as a volunteer
    assert counts.stock(pathway.team, on=SUNDAY, level=Level.ACTIVE, population=Population.PEOPLE) == 2


def test_a_prospect_is_enrolled_and_has_not_contributed() -> None:
    pathway = rungs(PathwayFactory.create())
    stays, comes = ContributorFactory.create_batch(2)
    for person in (stays, comes):
        EnrolmentFactory.create(pathway=pathway, contributor=person, enrolled_on=SUNDAY - DAY)
    act(pathway, comes, SUNDAY + DAY)
    recount(pathway.team_id)
    assert [row[1] for row in weeks(0, "volunteers", "prospects")] == [2, 1, 1, 1]
    assert [row[1] for row in weeks(pathway.pk, "people", "prospects")] == [2, 1, 1, 1]


def test_rows_that_nothing_supports_any_more_go() -> None:
    pathway = rungs(PathwayFactory.create())
    acts = act(pathway, ContributorFactory.create(), SUNDAY)
    recount(pathway.team_id)
    assert WeeklyCount.objects.exists()
    acts[0].state = Contribution.State.WITHDRAWN
    acts[0].save(update_fields=["state"])
    recount(pathway.team_id)
    assert not WeeklyCount.objects.exists()


histories = st.lists(
    st.lists(st.tuples(st.integers(0, 150), st.sampled_from([0, 1])), min_size=1, max_size=15), min_size=1, max_size=4
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories)
def test_the_waterfall_adds_up_and_its_ends_are_the_stocks(histories: list[list[tuple[int, int]]]) -> None:
    team = TeamFactory.create()
    pathways = [rungs(PathwayFactory.create(team=team)) for _ in range(2)]
    PointFactory.create(pathway=pathways[0], level=Level.CORE, n=4, d=2, m=2, w=60)
    for history in histories:
        person = ContributorFactory.create()
        for offset, which in history:
            act(pathways[which], person, date(2026, 1, 25) + offset * DAY)
    recount(team.pk)
    today = today_of.today()
    for pathway in (None, *pathways):
        before = dict.fromkeys(weekly.LEVELS, 0)
        of_one = WeeklyCount.objects.filter(team=team, pathway_id=pathway.pk if pathway else 0, population="volunteers")
        for number, row in enumerate(of_one.order_by("week")):
            for level, name in ((Level.CASUAL, "casual"), (Level.ACTIVE, "active"), (Level.CORE, "core")):
                converted, returned, lapsed = (
                    getattr(row, f"{name}_{flow}") for flow in ("converted", "returned", "lapsed")
                )
                assert before[name] + converted + returned - lapsed == getattr(row, name)
                if number % 3 == 0 or row.week >= today:
                    on = min(row.week, today)
                    assert getattr(row, name) == counts.stock(team, on=on, level=level, pathway=pathway)
                before[name] = getattr(row, name)


steps = st.lists(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 150), st.sampled_from([0, 1])), min_size=1, max_size=6),
    min_size=1,
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps, st.booleans())
def test_weeks_that_follow_a_change_are_those_that_are_counted_anew(
    steps: list[list[tuple[int, int, int]]], is_enrolled: bool
) -> None:
    team = TeamFactory.create()
    pathways = [rungs(PathwayFactory.create(team=team)) for _ in range(2)]
    people = ContributorFactory.create_batch(4)
    act(pathways[0], people[0], date(2026, 1, 25))
    if is_enrolled:
        EnrolmentFactory.create(pathway=pathways[1], contributor=people[1], enrolled_on=date(2026, 2, 2))
    recount(team.pk)
    for number, acts in enumerate(steps):
        made = [
            one for who, day, where in acts for one in act(pathways[where], people[who], date(2026, 1, 25) + day * DAY)
        ]
        recount(team.pk)
        followed = list(WeeklyCount.objects.filter(team=team).values())
        with connection.cursor() as cursor:
            weekly.write(cursor, [team.pk], today_of.today())
        assert list(WeeklyCount.objects.filter(team=team).values()) == followed
        if number % 2:  # the next step also takes something back
            made[0].state = Contribution.State.WITHDRAWN
            made[0].save(update_fields=["state"])
