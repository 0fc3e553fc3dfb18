"""Leadership on a team's page: the same people as the measures count, and the share of the work against a loop."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.lines import line
from lifecycle.measures import Measure
from lifecycle.models import Criterion
from metrics.evidence import Evidence
from metrics.leadership import Leadership, _year
from metrics.leadership import leadership_of as told_of
from metrics.measures import MEASURES
from metrics.measures.contributions import shares
from metrics.measures.work import by_person, work
from metrics.recount import recount
from pathways.models import Affiliation, Contributor, Mentorship, Pathway
from teams import gates
from teams.models import Measurement, Role, Team
from teams.tables import REGISTERED, TableAsked
from tests.conftest import TODAY as NOW
from tests.conftest import People
from tests.factories import (
    CommunityRoleFactory,
    ContributorFactory,
    CriterionFactory,
    IdentityFactory,
    MembershipFactory,
    PathwayFactory,
    StageFactory,
    TeamFactory,
)
from tests.metrics.acts import act, rebuild, source_of
from tests.metrics.histories import quickly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = NOW.date()
DAY = timedelta(days=1)


def leadership_of(team: Team) -> Leadership | None:
    """As the page asks: of the verdict and the measurements that it has read."""
    return told_of(team, gates.verdict_of(team), Measurement.objects.filter(team=team))


def mentor(team: Team, *mentees: Contributor, **told: object) -> Contributor:
    role = CommunityRoleFactory.create(team=team, role="mentor", **told)
    for mentee in mentees:
        Mentorship.objects.create(role=role, mentee=mentee, from_on=TODAY - 9 * DAY)
    who: Contributor = role.contributor
    return who


def test_it_names_whom_the_measures_count() -> None:
    team = TeamFactory.create()
    CriterionFactory.create(stage=team.stage, measure=Measure.MENTORS)
    leader = CommunityRoleFactory.create(team=team).contributor
    librarian = CommunityRoleFactory.create(team=team, role="librarian").contributor
    CommunityRoleFactory.create(team=team, confirmed_by=None)
    CommunityRoleFactory.create(team=team, until_on=TODAY)
    staff = CommunityRoleFactory.create(team=team).contributor
    Affiliation.objects.create(contributor=staff, kind="staff", from_on=date(2020, 1, 1))
    CommunityRoleFactory.create()  # elsewhere
    ended = mentor(team, leader)
    Mentorship.objects.filter(role__contributor=ended).update(until_on=TODAY)
    busy = mentor(team, leader, librarian)
    recount(team.pk)
    told, evidence = leadership_of(team), Evidence(team)
    assert told is not None
    assert {(each.id, each.role) for each in told.holders} == {
        (leader.pk, "leader"),
        (librarian.pk, "librarian"),
        (ended.pk, "mentor"),
        (busy.pk, "mentor"),
    }
    assert [(each.id, dict(each.mentees)) for each in told.mentors] == [
        (busy.pk, {leader.pk: leader.name, librarian.pk: librarian.name})
    ]
    counted = {measure: MEASURES[measure](evidence, 0).value for measure in (Measure.LEADERS, Measure.MENTORS)}
    assert counted == {Measure.LEADERS: 1, Measure.MENTORS: len(told.mentors)}
    asked = TableAsked(team, QueryDict())
    assert [row[1] for row in REGISTERED["leaders"].tell(asked).rows] == [each.name for each in told.holders]
    mentees = f"{leader.name}, {librarian.name}", f"{librarian.name}, {leader.name}"
    assert [row[1] in mentees for row in REGISTERED["mentors"].tell(asked).rows] == [True]
    assert [*REGISTERED["share-of-work"].tell(asked).rows] == [], "nobody has contributed yet"


#: Whose act it is (a volunteer, a worker of the team, somebody who joined the staff, a bot), and days ago.
acts = st.lists(st.tuples(st.sampled_from(["free", "works", "joined", "bot"]), st.integers(0, 800)), max_size=30)


@quickly
@given(made=acts)
def test_the_share_of_the_work_is_what_a_loop_over_the_acts_finds(made: list[tuple[str, int]]) -> None:
    pathway = PathwayFactory.create()
    source_of(pathway, complete_to=TODAY - DAY)
    works = MembershipFactory.create(team=pathway.team).user
    people = {
        "free": ContributorFactory.create(),
        "works": IdentityFactory.create(email=works.email).contributor,
        "joined": ContributorFactory.create(),
        "bot": ContributorFactory.create(is_bot=True),
    }
    Affiliation.objects.create(contributor=people["joined"], kind="staff", from_on=TODAY - 100 * DAY)
    for who, days_ago in made:
        act(pathway, people[who], TODAY - days_ago * DAY)
    rebuild(pathway.team)
    assert work(Evidence(pathway.team)) == [], "no gate has asked for leadership yet"
    later = StageFactory.create(order=2)
    CriterionFactory.create(stage=later, measure=Measure.LEADERS)
    pathway.team.stage = later
    told = [_year(each) for each in work(Evidence(pathway.team))]
    assert [year.last for year in told][-2:] == [date(2026, 5, 31), TODAY - DAY]
    assert (len(told), told[0].last) == (13, date(2025, 6, 30))
    for year in told:
        ago = (TODAY - year.last).days
        inside = [(who, days) for who, days in made if ago <= days < ago + 365 and who != "bot"]
        volunteers = [who for who, days in inside if who == "free" or (who == "joined" and days > 100)]
        assert (year.every, year.volunteers) == (len(inside), len(volunteers))
        assert year.percent == (100 * len(volunteers) // len(inside) if inside else 0)
        explained = by_person(Evidence(pathway.team), year.last)
        assert (sum(row[2] for row in explained), sum(row[1] for row in explained)) == (year.every, year.volunteers)
    assert told[-1].volunteers == sum(number for _, number in shares(Evidence(pathway.team), 0))


@pytest.fixture
def pathway(people: People) -> Pathway:
    """A team whose gate asks for leaders, with a year of work."""
    CriterionFactory.create(stage=people.team.stage, measure=Measure.LEADERS)
    pathway: Pathway = PathwayFactory.create(team=people.team)
    source_of(pathway, complete_to=TODAY)
    act(pathway, ContributorFactory.create(), *(TODAY - number * 30 * DAY for number in range(14)))
    recount(people.team.pk)
    return pathway


def test_it_is_shown_from_the_stage_on_that_asks_for_leaders(people: People, pathway: Pathway) -> None:
    page = people.client("viewer").get("/teams/lantern/").content.decode()
    assert "Roles held by volunteers" in page
    assert "100 % of the work is not by staff" in page
    explained = people.client("viewer").get("/teams/lantern/numbers/share-of-work/").content.decode()
    assert "100 % (13 of 13)" in explained
    assert "/teams/lantern/numbers/absence_factor/" in page
    Criterion.objects.update(stage=StageFactory.create(order=5))
    assert "Roles held by volunteers" not in people.client("viewer").get("/teams/lantern/").content.decode()


def test_who_is_named_is_linked_and_empty_places_teach(people: People, pathway: Pathway) -> None:
    page = people.client("viewer").get("/teams/lantern/").content.decode()
    assert "Give a role on the page of a person" in page
    assert "A mentor has the role, confirmed, and at least one mentee" in page
    mentee = ContributorFactory.create(name="Mentee Person")
    who = mentor(people.team, mentee)
    recount(people.team.pk)
    page = people.client("viewer").get("/teams/lantern/").content.decode()
    assert f'<a href="/teams/lantern/contributors/{who.pk}/">{who.name}</a>' in page
    assert f'<a href="/teams/lantern/contributors/{mentee.pk}/">Mentee Person</a>' in page


def test_it_costs_the_same_with_many_roles(people: People, pathway: Pathway) -> None:
    def queries() -> int:
        read = gates.verdict_of(people.team), list(Measurement.objects.filter(team=people.team))
        with CaptureQueriesContext(connection) as captured:
            told_of(people.team, *read)
        return len(captured)

    mentor(people.team, ContributorFactory.create())
    recount(people.team.pk)
    few = queries()
    for _each in range(5):
        mentor(people.team, *ContributorFactory.create_batch(3))
        CommunityRoleFactory.create(team=people.team)
        MembershipFactory.create(team=people.team, role=Role.PARTNER)
    recount(people.team.pk)
    assert queries() == few == 1


@given(st.lists(st.integers(0, 100), max_size=13))
def test_the_line_runs_from_left_to_right_through_its_points(values: list[int]) -> None:
    drawn = line([TODAY + number * DAY for number in range(len(values))], values)
    if len(values) < 2:
        assert drawn is None
        return
    assert drawn is not None
    places = [float(point.x.removesuffix("%")) for point in drawn.points]
    heights = [float(point.y.removesuffix("%")) for point in drawn.points]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (9, 83)
    assert all(6 <= height <= 84 for height in heights)
    assert [point.value for point in drawn.points] == values
    assert drawn.path.count("L") == len(values) - 1
    assert not drawn.points[-1].minor
