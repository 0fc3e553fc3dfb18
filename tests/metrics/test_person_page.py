"""One person's page: the level and what is missing for the next, the timeline, and each contribution."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from metrics.models import Contribution
from metrics.recount import recount
from pathways.models import Affiliation, Contributor, Kind, Level, Pathway
from tests.conftest import People
from tests.factories import CommunityRoleFactory, ContributorFactory, KindFactory, PathwayFactory, PointFactory
from tests.metrics.acts import act, source_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 6, 17)
DAY = timedelta(days=1)


@pytest.fixture
def pathway(people: People) -> Pathway:
    pathway = PathwayFactory.create(team=people.team, slug="code", name="Code")
    PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=100)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=3, d=2, w=100)
    PointFactory.create(pathway=pathway, level=Level.CORE, n=9, d=5, m=3, w=200)
    PointFactory.create(pathway=pathway, level=Level.CORE, label="By role", n=4, d=2, w=100, roles=["leader", "mentor"])
    source_of(pathway, complete_to=TODAY)
    return pathway


def page(client: Client, who: Contributor, **query: str) -> str:
    response = client.get(f"/teams/lantern/contributors/{who.pk}/", query)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    """What is read of a page before anybody asks what a word means."""
    html = re.sub(r'<span class="meaning".*?</span>', "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split()).replace(" .", ".")


def test_level_and_what_is_missing_for_the_next(people: People, pathway: Pathway) -> None:
    ann = ContributorFactory.create(name="Ann")
    act(pathway, ann, *(TODAY - ago * DAY for ago in (300, 290, 280, 60, 50, 40)))
    recount(pathway.team_id)
    client = people.client("viewer")
    html = page(client, ann)
    explained = [unescape(each) for each in re.findall(r'href="(/teams/lantern/numbers/[^"?]+\?[^"]+)"', html)]
    assert len(explained) == 3  # the level today, and when casual and active were reached
    for address in explained:
        assert f"/contributors/{ann.pk}/" in client.get(address).content.decode()
    said = words(html)
    for expected in (
        "By all that the person did, as of 17 Jun 2026.",
        "Level today Active",
        "Lapses, if nothing more happens 27 Jul 2026",
        "First contribution 21 Aug 2025 Last contribution 8 May 2026 In 365 days 6",
        "1 more contribution before 27 Jul 2026 keeps it until 6 Aug 2026 at least.",
        "What is missing for core Any one of these is enough.",
        "6 more contributions, on 2 more days, in 1 more month, within 200 days",
        "1 more contribution, within 100 days; a confirmed role as leader or mentor",
        "Active in the team 10 Sep 2025 1 27 Jul 2026",
        "6 counted contributions",
    ):
        assert expected in said, expected
    CommunityRoleFactory.create(team=people.team, contributor=ann)
    assert "1 more contribution, by 26 Jul 2026" in words(page(people.client("viewer"), ann))


def test_the_timeline_draws_months_levels_roles_and_affiliations(people: People, pathway: Pathway) -> None:
    ann = ContributorFactory.create(name="Ann")
    act(pathway, ann, *(TODAY - ago * DAY for ago in (60, 50, 50, 40)))
    CommunityRoleFactory.create(team=people.team, contributor=ann, from_on=TODAY - 20 * DAY, confirmed_by=None)
    Affiliation.objects.create(contributor=ann, kind="volunteer", from_on=TODAY - 90 * DAY)
    recount(pathway.team_id)
    html = page(people.client("viewer"), ann)
    titles = [words(each) for each in re.findall("<title>(.*?)</title>", html)[1:]]
    assert "Apr 2026: 3 contributions" in titles
    assert "May 2026: 1 contribution" in titles
    assert titles.count("active from 28 Apr 2026 until 6 Aug 2026") == 2  # what was, and what will be
    assert "leader (not confirmed) since 28 May 2026" in titles
    assert "volunteer since 19 Mar 2026" in titles
    table = words(html[html.index("As a table") :])
    for expected in ("Active 28 Apr 2026 6 Aug 2026", "Leader (not confirmed) 28 May 2026 now", "Apr 2026 3"):
        assert expected in table, expected


def test_several_pathways_have_a_band_and_a_conversion_each(people: People, pathway: Pathway) -> None:
    other = PathwayFactory.create(team=people.team, slug="words", name="Words")
    PointFactory.create(pathway=other, level=Level.CASUAL, n=1, w=100)
    ann = ContributorFactory.create(name="Ann")
    for where in (pathway, other):
        act(where, ann, TODAY - 40 * DAY)
    recount(pathway.team_id)
    said = words(page(people.client("viewer"), ann))
    for expected in ("Casual in the team 8 May 2026", "Casual Code 8 May 2026", "Casual Words 8 May 2026"):
        assert expected in said, expected
    assert "Code: 2 more contributions, on 1 more day, within 100 days" in said


def test_each_contribution_says_whether_it_counts_or_why_not(people: People, pathway: Pathway) -> None:
    ann = ContributorFactory.create(name="Ann")
    act(pathway, ann, TODAY - 3 * DAY)
    act(pathway, ann, TODAY - 2 * DAY, state=Contribution.State.WITHDRAWN)
    act(pathway, ann, TODAY - DAY, kind=KindFactory.create(key="poke", state=Kind.State.UNKNOWN).key)
    Affiliation.objects.create(contributor=ann, kind="staff", from_on=TODAY)
    act(pathway, ann, TODAY)
    recount(pathway.team_id)
    html = page(people.client("viewer"), ann)
    said = words(html[html.index('id="contributions"') : html.index('id="affiliation"')])
    source = source_of(pathway).name
    assert (
        f"17 Jun 2026 12:00 Commit {source} as staff 16 Jun 2026 12:00 Poke {source} The kind is unknown or ignored "
        f"15 Jun 2026 12:00 Commit {source} Withdrawn 14 Jun 2026 12:00 Commit {source} yes"
    ) in said


def test_who_acted_as_staff_and_as_a_volunteer_is_shown_as_each(people: People, pathway: Pathway) -> None:
    ann = ContributorFactory.create(name="Ann")
    Affiliation.objects.create(contributor=ann, kind="staff", from_on=TODAY - 30 * DAY)
    act(pathway, ann, *(TODAY - ago * DAY for ago in (60, 50, 20)))
    recount(pathway.team_id)
    viewer = people.client("viewer")
    assert "Level today Active" in words(page(viewer, ann))
    assert "?population=volunteers" in page(viewer, ann)
    as_volunteer = words(page(viewer, ann, population="volunteers"))
    assert "Level today Casual" in as_volunteer
    assert "2 counted contributions" in as_volunteer


def test_a_long_life_costs_no_more_queries_and_comes_in_pages(
    people: People, pathway: Pathway, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ann = ContributorFactory.create(name="Ann")
    act(pathway, ann, *(TODAY - ago * DAY for ago in range(0, 900, 3)))
    recount(pathway.team_id)
    viewer = people.client("viewer")
    with django_assert_max_num_queries(32):
        html = page(viewer, ann, page="20")
    assert "286 to 300 of 300" in html
    assert "in no pathway" in words(page(viewer, CommunityRoleFactory.create(team=people.team).contributor)).lower()
