"""The list of people: levels and acts as columns, filtered and sorted by the address, on the page and in the file."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from metrics.models import Contribution
from metrics.recount import recount
from pathways.models import Affiliation, AffiliationRule, CommunityRole, Level, Pathway
from tests.conftest import People
from tests.factories import (
    CommunityRoleFactory,
    ContributorFactory,
    EnrolmentFactory,
    IdentityFactory,
    PathwayFactory,
    PointFactory,
)
from tests.metrics.acts import act, known, source_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 6, 17)
DAY = timedelta(days=1)
ADDRESS = "/teams/lantern/contributors/"


@pytest.fixture
def pathway(people: People) -> Pathway:
    """Cora is core, Axel active, cas casual, Lapse was, Prospect has enrolled, Robot is a bot."""
    pathway = PathwayFactory.create(team=people.team, slug="code", name="Code")
    for level, n in ((Level.CASUAL, 1), (Level.ACTIVE, 2), (Level.CORE, 3)):
        PointFactory.create(pathway=pathway, level=level, n=n, w=100)
    source_of(pathway, complete_to=TODAY)
    days = {"Cora": (9, 5, 4), "Axel": (20, 3), "cas": (1,), "Lapse": (300, 200), "Robot": (2, 1)}
    for name, ago in days.items():
        who = ContributorFactory.create(name=name, is_bot=name == "Robot")
        act(pathway, who, *(TODAY - each * DAY for each in ago))
    EnrolmentFactory.create(pathway=pathway, contributor=ContributorFactory.create(name="Prospect"))
    recount(pathway.team_id)
    return pathway


def rows(client: Client, **query: str) -> list[dict[str, str]]:
    """The file, whose people are those of the page, and as many."""
    response = client.get("/teams/lantern/contributors.csv", query)
    assert response.status_code == 200
    told = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    page = client.get(ADDRESS, query)
    shown = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)', page.content.decode())
    assert shown == [row["Name"] for row in told][:50]
    assert page.context["page"].paginator.count == len(told), "of those who are asked for, and not of everybody"
    return told


def names(client: Client, **query: str) -> list[str]:
    return [row["Name"] for row in rows(client, **query)]


def test_each_person_with_level_and_acts(people: People, pathway: Pathway) -> None:
    found = {row["Name"]: row for row in rows(people.client("viewer"))}
    assert list(found) == ["Axel", "cas", "Cora", "Lapse", "Prospect"]
    assert found["Cora"] | {"Id": ""} == {
        "Id": "",
        "Name": "Cora",
        "Level": "core",
        "Lapses, if nothing more happens": (TODAY + 91 * DAY).isoformat(),
        "First contribution": (TODAY - 9 * DAY).isoformat(),
        "Last contribution": (TODAY - 4 * DAY).isoformat(),
        "Contributions in a year": "3",
        "Affiliation": "unclassified",
        "Roles": "",
    }
    assert (found["Lapse"]["Level"], found["Lapse"]["Lapses, if nothing more happens"]) == ("none now", "")
    assert (found["Prospect"]["Level"], found["Prospect"]["Last contribution"]) == ("nothing counted", "")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Axel", "cas", "Cora", "Lapse", "Prospect"]),
        ("level", ["Cora", "Axel", "cas", "Lapse", "Prospect"]),
        ("last", ["cas", "Axel", "Cora", "Lapse", "Prospect"]),
        ("acts", ["Cora", "Axel", "Lapse", "cas", "Prospect"]),
        ("beauty", ["Axel", "cas", "Cora", "Lapse", "Prospect"]),
    ],
)
def test_sorted_as_asked(people: People, pathway: Pathway, sort: str, expected: list[str]) -> None:
    assert names(people.client("viewer"), sort=sort) == expected


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("core", ["Cora"]),
        ("active", ["Axel"]),
        ("casual", ["cas"]),
        ("contributor", ["Lapse"]),
        ("none", ["Prospect"]),
        ("tall", ["Axel", "cas", "Cora", "Lapse", "Prospect"]),
    ],
)
def test_filtered_by_the_highest_level(people: People, pathway: Pathway, level: str, expected: list[str]) -> None:
    assert names(people.client("viewer"), level=level) == expected


def test_filtered_by_affiliation_of_a_person_or_a_domain(people: People, pathway: Pathway) -> None:
    client = people.client("viewer")
    by_name = {row["Name"]: int(row["Id"]) for row in rows(client)}
    AffiliationRule.objects.create(domain="firm.example")
    AffiliationRule.objects.create(domain="gone.example", until_on=TODAY)
    for name, kind in (("Cora", "volunteer"), ("Axel", "staff")):
        Affiliation.objects.create(contributor_id=by_name[name], kind=kind, from_on=TODAY - DAY)
    Affiliation.objects.create(contributor_id=by_name["Lapse"], kind="staff", from_on=TODAY - DAY, until_on=TODAY)
    for name, host in (("Cora", "firm"), ("cas", "FIRM"), ("Lapse", "gone")):
        IdentityFactory.create(contributor_id=by_name[name], email=f"{name}@{host}.example")
    assert names(client, affiliation="staff") == ["Axel", "cas"]
    assert names(client, affiliation="volunteer") == ["Cora"]
    assert names(client, affiliation="unclassified") == ["Lapse", "Prospect"]
    assert names(client, affiliation="bots") == ["Robot"]


def test_filtered_by_role_and_pathway(people: People, pathway: Pathway) -> None:
    client = people.client("viewer")
    by_name = {row["Name"]: int(row["Id"]) for row in rows(client)}
    CommunityRoleFactory.create(team=people.team, contributor_id=by_name["cas"], role=CommunityRole.Role.MENTOR)
    CommunityRoleFactory.create(team=people.team, contributor_id=by_name["Axel"], role="mentor", until_on=TODAY)
    other = PathwayFactory.create(team=people.team, slug="words")
    PointFactory.create(pathway=other, level=Level.CASUAL, n=1, w=100)
    act(other, Contribution.objects.filter(contributor_id=by_name["Cora"])[0].identity, TODAY - 2 * DAY)
    EnrolmentFactory.create(pathway=other, contributor_id=by_name["Lapse"])
    recount(people.team.pk)
    assert names(client, role="mentor") == ["cas"]
    there = {row["Name"]: row for row in rows(client, pathway="words")}
    assert list(there) == ["Cora", "Lapse"]
    assert [there["Cora"][key] for key in ("Level", "Contributions in a year")] == ["casual", "1"]
    assert there["Lapse"]["Level"] == "nothing counted"


def test_what_does_not_count_is_no_last_contribution(people: People, pathway: Pathway) -> None:
    cas = Contribution.objects.get(contributor__name="cas").identity
    act(pathway, cas, TODAY, state=Contribution.State.WITHDRAWN)
    act(pathway, cas, TODAY, kind="poke")
    known("poke").__class__.objects.filter(key="poke").update(state="ignored")
    recount(people.team.pk)
    (row,) = rows(people.client("viewer"), q="Cas")
    assert (row["Last contribution"], row["Contributions in a year"]) == ((TODAY - DAY).isoformat(), "1")


def test_fifty_a_page_at_a_fixed_price(
    people: People, pathway: Pathway, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        act(pathway, ContributorFactory.create(name=f"Z {number:02}"), TODAY - DAY, TODAY - 2 * DAY)
    recount(people.team.pk)
    client = people.client("activator")
    with django_assert_max_num_queries(25):
        html = client.get(ADDRESS, {"sort": "level", "q": "Z"}).content.decode()
    assert "1 to 50 of 60" in html
    assert "?sort=level&amp;q=Z&amp;page=2" in html
    assert len(rows(client, sort="acts")) == 65
