"""The numbers of a team and of a pathway on their pages, and the explanations that each of them opens."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from metrics.cohorts import Cohort, cohort_of, latest_final
from metrics.recount import recount
from pathways.models import Affiliation, Level, Pathway
from tests.conftest import People
from tests.factories import ContributorFactory, PathwayFactory, PointFactory
from tests.metrics.acts import act, source_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 6, 17)
DAY = timedelta(days=1)
#: Queries of each page, at any number of people.
COSTS = {"conversion-rate": 14, "time-to-level": 15, "joining": 14, "retention": 14, "drifting": 17, "flow": 14}
FINAL: Cohort = latest_final(TODAY)


@pytest.fixture
def pathway(people: People) -> Pathway:
    """Six of the last final cohort, two of whom are active after nine days; one staff, one silent for 200 days."""
    pathway = PathwayFactory.create(team=people.team, slug="code", name="Code")
    PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=365)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=2, d=2, w=365)
    PointFactory.create(pathway=pathway, level=Level.CORE, n=4, d=4, w=365)
    source_of(pathway, complete_to=TODAY)
    for number in range(6):
        who = ContributorFactory.create(name=f"Newcomer {number}")
        act(pathway, who, FINAL.first + number * DAY)
        if number < 2:
            act(pathway, who, FINAL.first + (number + 9) * DAY)
    staff, silent, old = (ContributorFactory.create(name=name) for name in ("Staff Person", "Silent Sam", "Old Hand"))
    Affiliation.objects.create(contributor=staff, kind="staff", from_on=date(2020, 1, 1))
    act(pathway, staff, FINAL.first, FINAL.first + DAY)
    act(pathway, silent, TODAY - 210 * DAY, TODAY - 200 * DAY)
    act(pathway, old, TODAY - 400 * DAY, TODAY - 390 * DAY, TODAY - 20 * DAY, TODAY - 10 * DAY)
    recount(pathway.team_id)
    return pathway


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def page(client: Client, name: str, status: int = 200, **query: str) -> str:
    response = client.get(reverse(f"metrics:{name}", args=["lantern"]), query)
    assert response.status_code == status
    return response.content.decode()


def rows(client: Client, name: str, **query: str) -> list[dict[str, str]]:
    response = client.get(reverse(f"metrics:{name}-csv", args=["lantern"]), query)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_rate_of_the_last_final_cohort_with_everybody_in_it(people: People, pathway: Pathway) -> None:
    viewer = people.client("viewer")
    said = words(page(viewer, "conversion-rate"))
    assert "33 % (2 of 6)" in said
    assert f"cohort of {FINAL.first:%-d %b %Y} to {FINAL.last:%-d %b %Y}" in said
    for expected in ("yes, after 9 days", "Newcomer 5", "Reaches it only with what was done as staff", "Staff Person"):
        assert expected in said, expected
    listed = rows(viewer, "conversion-rate")
    assert len(listed) == 6
    assert [row["Within 90 days"] for row in listed].count("no") == 4
    assert {row["Reached casual"] for row in listed} >= {FINAL.first.isoformat()}


def test_a_maturing_cohort_says_so_and_gives_no_percentage(people: People, pathway: Pathway) -> None:
    as_of = (FINAL.last + 89 * DAY).isoformat()
    said = words(page(people.client("viewer"), "conversion-rate", on=as_of, cohort=FINAL.last.isoformat()))
    assert "maturing, 2 of 6 so far" in said
    assert "%" not in said.split("maturing, 2 of 6")[1].split("Of the people")[0]


@pytest.mark.parametrize(
    "query", [{"level": "active", "to": "active"}, {"level": "core"}, {"cohort": "1969-12-31"}, {"cohort": "soon"}]
)
def test_a_step_that_is_none_gets_the_form_back(people: People, pathway: Pathway, query: dict[str, str]) -> None:
    assert "errorlist" in page(people.client("viewer"), "conversion-rate", status=422, **query)


def test_drifting_retention_time_and_joining_are_explained_with_their_people(people: People, pathway: Pathway) -> None:
    viewer = people.client("viewer")
    assert [row["Name"] for row in rows(viewer, "drifting")] == ["Silent Sam", "Newcomer 0", "Newcomer 1"]
    assert rows(viewer, "drifting")[0]["Last contribution"] == (TODAY - 200 * DAY).isoformat()
    assert [(row["Name"], row["On the as-of day"]) for row in rows(viewer, "retention")] == [
        ("Old Hand", "still active")
    ]
    assert "1 of 1" in words(page(viewer, "retention"))
    took = {row["Name"]: row["Took"] for row in rows(viewer, "time-to-level", level="active")}
    assert took == {"Newcomer 0": "9 days", "Newcomer 1": "9 days", "Silent Sam": "10 days", "Old Hand": "10 days"}
    assert "9.5 days (median)" in words(page(viewer, "time-to-level"))
    joined = rows(viewer, "joining", cohort=FINAL.first.isoformat())
    assert [row["On the 90th day"] for row in joined].count("active") == 2
    assert "33 % (2 of 6)" in words(page(viewer, "joining"))
    assert [row["Name"] for row in rows(viewer, "drifting", population="staff")] == ["Staff Person"]


def test_the_flows_of_a_month_are_their_people(people: People, pathway: Pathway) -> None:
    viewer = people.client("viewer")
    flows = {
        (level, flow): len(rows(viewer, "flow", level=level, flow=flow, days="3000"))
        for level in ("casual", "active", "core")
        for flow in ("converted", "returned", "lapsed")
    }
    months = rows(viewer, "months")
    for (level, flow), people_listed in flows.items():
        assert sum(int(row[f"{level.capitalize()}: {flow}"]) for row in months) == people_listed
    assert flows["active", "converted"] == 4
    assert flows["active", "lapsed"] == flows["active", "returned"] == 1  # the old hand, silent for a year
    assert "Start + converted + returned" in words(page(viewer, "flow"))


def test_the_page_of_numbers_shows_them_all_and_links_each(people: People, pathway: Pathway) -> None:
    viewer = people.client("viewer")
    html = page(viewer, "numbers")
    assert html.count("<h1>") == 1
    for name in ("drifting", "conversion-rate", "time-to-level", "retention", "joining", "flow"):
        assert f"/teams/lantern/numbers/{name}/?" in html, name
    assert "Casual to active: 33 % (2 of 6) in the latest final cohort" in words(html)
    for address in {unescape(found) for found in re.findall(r'href="(/teams/lantern/numbers/[^"]+)"', html)}:
        assert viewer.get(address).status_code == 200, address
    finals = [row for row in rows(viewer, "cohorts") if row["To"] == "active" and row["People"] == "6"]
    assert [(row["Within 90 days"], row["Final"]) for row in finals] == [("2", "final")]
    page(viewer, "numbers", status=422, on="never")
    assert viewer.get(reverse("metrics:months-csv", args=["lantern"]), {"on": "never"}).status_code == 404
    assert viewer.get(reverse("metrics:cohorts-csv", args=["lantern"]), {"on": "never"}).status_code == 404


def test_a_number_on_the_page_is_the_number_that_its_explanation_tells(people: People, pathway: Pathway) -> None:
    viewer = people.client("viewer")
    html = page(viewer, "numbers")
    months = html[html.index('id="months"') :]
    links = re.findall(r'href="(/teams/lantern/numbers/[^"]+)">(\d+)<', months)
    assert len(links) > 10
    for address, number in links:
        explained = viewer.get(unescape(address)).content.decode()
        assert f'<strong class="figure">{number}</strong>' in explained, address


def test_the_pathway_page_shows_cohorts_times_and_retention(people: People, pathway: Pathway) -> None:
    said = words(people.client("viewer").get(pathway.get_absolute_url()).content.decode())
    for expected in (
        "Conversion by cohort",
        "Casual to active: 33 % (2 of 6) in the latest final cohort",
        "Active to core: 0 of 2 in the latest final cohort",
        "Time to each level",
        "Active a year ago, active now 1 of 1",
    ):
        assert expected in said, expected
    empty = PathwayFactory.create(team=people.team, slug="empty")
    assert "Conversion by cohort" not in words(people.client("viewer").get(empty.get_absolute_url()).content.decode())


def test_the_dashboard_leads_to_the_numbers(people: People, pathway: Pathway) -> None:
    html = people.client("viewer").get("/teams/lantern/", {"population": "people"}).content.decode()
    assert 'href="/teams/lantern/numbers/?population=people"' in html


def test_a_team_without_data_has_a_page_that_says_what_to_do(people: People) -> None:
    said = words(page(people.client("viewer"), "numbers"))
    assert "Nobody is counted yet" in said
    assert rows(people.client("viewer"), "months") == []


def test_the_pages_cost_a_fixed_number_of_queries(
    people: People, pathway: Pathway, django_assert_num_queries: Any
) -> None:
    viewer = people.client("viewer")
    addresses = {pathway.get_absolute_url(): 23, reverse("metrics:numbers", args=["lantern"]): 15}
    for name in ("conversion-rate", "time-to-level", "joining", "retention", "drifting", "flow"):
        addresses[reverse(f"metrics:{name}", args=["lantern"])] = COSTS[name]
    for grown in range(2):
        for address, queries in addresses.items():
            with django_assert_num_queries(queries, info=address):
                viewer.get(address)
        if not grown:
            cohort = cohort_of(TODAY - 300 * DAY)
            for number in range(40):
                act(pathway, ContributorFactory.create(), cohort.first + number * DAY, cohort.last + number * DAY)
            recount(people.team.pk)
