"""The pages that explain a number: the same number, the people behind it, and who is not in it."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lifecycle.measures import Measure
from metrics.recount import recount
from pathways.models import Affiliation, Level, Pathway
from teams.models import Measurement
from tests.conftest import People
from tests.factories import (
    CaseStudyFactory,
    ContributorFactory,
    IdentityFactory,
    PathwayFactory,
    PointFactory,
    SourceFactory,
)
from tests.metrics.acts import act, source_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 6, 17)
DAY = timedelta(days=1)


@pytest.fixture
def pathway(people: People) -> Pathway:
    """Two volunteers, one of them with a formula for a name; staff, a bot, the activator, and what does not count."""
    pathway = PathwayFactory.create(team=people.team, slug="code", name="Code")
    PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=90)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=2, d=2, w=90)
    source_of(pathway, complete_to=TODAY)
    names = ("=SUM(A1)", "Bo Muster", "Staff Person", "Build Bot", "Ann Activator")
    volunteer, other, staff, bot, activator = (ContributorFactory.create(name=name) for name in names)
    IdentityFactory.create(contributor=activator, email=people.activator.email)
    Affiliation.objects.create(contributor=staff, kind="staff", from_on=date(2020, 1, 1))
    bot.is_bot = True
    bot.save()
    for person in (volunteer, other, staff, bot, activator):
        act(pathway, person, TODAY - 9 * DAY, TODAY - 8 * DAY)
    off = SourceFactory.create(pathway=pathway, name="Off", enabled=False)
    act(pathway, ContributorFactory.create(name="Nobody Yet"), TODAY - 3 * DAY, source=off)
    recount(pathway.team_id)
    return pathway


def page(client: Client, name: str, *args: str, status: int = 200, **query: str) -> str:
    response = client.get(reverse(f"metrics:{name}", args=["lantern", *args]), query)
    assert response.status_code == status
    return response.content.decode()


def rows(client: Client, name: str, *args: str, **query: str) -> list[dict[str, str]]:
    response = client.get(reverse(f"metrics:{name}", args=["lantern", *args]), query)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_a_measure_shows_the_gates_own_number_and_exactly_its_people(people: People, pathway: Pathway) -> None:
    viewer = people.client("viewer")
    stored = Measurement.objects.get(team=people.team, measure=Measure.ACTIVE_CONTRIBUTORS)
    listed = rows(viewer, "number-csv", Measure.ACTIVE_CONTRIBUTORS.value)
    assert stored.value == len(listed) == 2
    assert {row["Name"] for row in listed} == {"'=SUM(A1)", "Bo Muster"}
    html = page(viewer, "number", Measure.ACTIVE_CONTRIBUTORS.value)
    for words in ("Bots", "Build Bot", "Staff Person", "Ann Activator (activator)", "The source is switched off"):
        assert words in html
    assert "Code, active: At least 2 of any kind, on 2 different days, within 90 days" in html


@pytest.mark.parametrize("measure", Measure.values)
def test_every_measure_has_its_page(people: People, pathway: Pathway, measure: str) -> None:
    html = page(people.client("viewer"), "number", measure)
    assert html.count("<h1>") == 1


def test_published_case_studies_are_named(people: People, pathway: Pathway) -> None:
    CaseStudyFactory.create(team=people.team, title="How it grew", url="https://studies.example/grew")
    html = page(people.client("viewer"), "number", Measure.CASE_STUDIES_PUBLISHED.value)
    assert "How it grew (https://studies.example/grew)" in html


def test_active_contributors_can_be_asked_for_otherwise(people: People, pathway: Pathway) -> None:
    viewer = people.client("viewer")
    assert len(rows(viewer, "active-contributors-csv")) == 3  # the activator is a volunteer here: only the gate objects
    assert len(rows(viewer, "active-contributors-csv", population="people", pathway="code", level="casual")) == 4
    assert [row["Name"] for row in rows(viewer, "active-contributors-csv", population="staff")] == ["Staff Person"]
    assert rows(viewer, "active-contributors-csv", on="2020-01-01") == []
    html = page(viewer, "active-contributors", population="staff")
    assert "Staff Person" in html
    assert "active-contributors.csv?population=staff" in html


def test_conversions_fall_in_a_window(people: People, pathway: Pathway) -> None:
    viewer = people.client("viewer")
    assert len(rows(viewer, "conversions-csv", days="9")) == 3
    assert rows(viewer, "conversions-csv", days="8") == []
    assert len(rows(viewer, "conversions-csv", days="10", level="casual")) == 3
    assert "return and no second conversion" in page(viewer, "conversions")
    act(pathway, ContributorFactory.create(name="Once"), TODAY - DAY)
    recount(pathway.team_id)
    told = page(viewer, "conversions", level="casual")
    for fact in ("converted to active, too</dt><dd>3", "Stopped before active, so far</dt><dd>1"):
        assert fact in told


@pytest.mark.parametrize("query", [{"on": "2026-02-30"}, {"level": "king"}, {"pathway": "nowhere"}, {"days": "0"}])
def test_a_question_that_is_none_gets_the_form_back(people: People, pathway: Pathway, query: dict[str, str]) -> None:
    html = page(people.client("viewer"), "conversions", status=422, **query)
    assert "errorlist" in html


def test_outsiders_and_unknown_numbers_find_nothing(people: People, pathway: Pathway) -> None:
    outsider, viewer = people.client("outsider"), people.client("viewer")
    for name, args in [
        ("number", ["leaders"]),
        ("number-csv", ["leaders"]),
        ("active-contributors", []),
        ("active-contributors-csv", []),
        ("conversions", []),
        ("conversions-csv", []),
    ]:
        address = reverse(f"metrics:{name}", args=["lantern", *args])
        assert outsider.get(address).status_code == 404
        assert people.client("anonymous").get(address).status_code == 302
        assert viewer.post(address).status_code == 405
    page(viewer, "number", "happiness", status=404)
    page(viewer, "number-csv", Measure.CHECK_INS_90D.value, status=404)  # a number of no people


def test_the_page_costs_the_same_at_any_length(
    people: People, pathway: Pathway, django_assert_max_num_queries: object
) -> None:
    for _ in range(60):
        act(pathway, ContributorFactory.create(), TODAY - 2 * DAY, TODAY - DAY)
    recount(people.team.pk)
    viewer = people.client("viewer")
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        html = page(viewer, "active-contributors")
    assert "1 to 50 of 63" in html
    assert "51 to 63 of 63" in page(viewer, "active-contributors", page="2")
