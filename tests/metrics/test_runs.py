"""When numbers were counted, and by which run: on every page that shows a count, in one quiet line."""

import re
from datetime import date

import pytest
import time_machine
from django.test import Client

from lifecycle import jobs
from metrics.recount import recount
from teams.decisions import freeze
from teams.gates import verdict_of
from teams.models import Measurement, Team
from teams.promotion import enter
from teams.runs import run_of
from tests.conftest import People
from tests.factories import ContributorFactory, CriterionFactory, PointFactory, TeamFactory
from tests.metrics.acts import act, source_of
from tests.metrics.files import deliver, file_of, row

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 17)
#: Every page that shows counts, and whether it counts itself from what the run has written.
PAGES = {
    "/": False,
    "/?view=table": False,
    "/teams/lantern/": False,
    "/teams/lantern/history/": False,
    "/teams/lantern/history/1/": False,
    "/teams/lantern/pathways/": False,
    "/teams/lantern/pathways/way/": False,
    "/teams/lantern/data/": False,
    "/teams/lantern/contributors/": True,
    "/teams/lantern/numbers/active-contributors/": True,
    "/teams/lantern/numbers/conversions/": True,
    "/teams/lantern/numbers/new_contributors/": True,
}


@pytest.fixture
def lantern(people: People, clock: time_machine.Traveller) -> Team:
    """Counted by a run, with somebody in its pathway."""
    PointFactory.create(pathway__team=people.team, pathway__slug="way")
    pathway = people.team.pathways.get()
    source_of(pathway, complete_to=TODAY)
    act(pathway, ContributorFactory.create(), TODAY)
    people.admin.memberships.create(team=people.team, role="viewer", starts_on=TODAY)
    enter(people.team, actor=None, on=people.team.entered_on)
    jobs.drain()
    return people.team


def line(client: Client, address: str) -> str:
    """The line as it reads, and nothing if there is none."""
    found = re.findall(r'<p id="run"[^>]*>(.*?)</p>', client.get(address).content.decode(), re.DOTALL)
    assert len(found) < 2
    return " ".join(re.sub("<[^>]+>", "", found[0]).split()) if found else ""


@pytest.mark.parametrize("address", PAGES)
def test_a_page_with_counts_tells_its_run(people: People, lantern: Team, address: str) -> None:
    mine = Measurement.objects.filter(team=lantern)
    (run,) = set(mine.values_list("job", flat=True))
    at = f"{mine[0].computed_at:%Y %H:%M}"
    told = line(people.client("viewer"), address)
    assert told.startswith("Counted for this page, " if PAGES[address] else "Counted on ")
    assert at in told
    assert told.endswith(f" (run {run}).")


def test_only_an_admin_is_led_to_the_run(people: People, lantern: Team) -> None:
    link = f'href="/admin/lifecycle/job/{run_of([lantern]).last}/change/"'
    address = "/teams/lantern/"
    assert link in people.client("admin").get(address).content.decode()
    assert "/admin/lifecycle/job/" not in people.client("partner").get(address).content.decode()
    assert people.client("admin").get(link[6:-1]).status_code == 200


def test_the_portfolio_tells_the_runs_of_all_its_teams(people: People, lantern: Team) -> None:
    first, last = run_of([lantern]).last, run_of(Team.objects.exclude(pk=lantern.pk)).last
    low, high = sorted((first or 0, last or 0))
    assert low != high
    assert line(people.client("admin"), "/").endswith(f" (runs {low} to {high}).")
    assert line(people.client("viewer"), "/").endswith(f" (run {first}).")


def test_a_count_at_a_terminal_and_none_at_all_are_told_as_such(people: People, lantern: Team) -> None:
    recount(lantern.pk)
    told = line(people.client("viewer"), "/teams/lantern/")
    assert told.startswith("Counted on ")
    assert "(run" not in told
    Measurement.objects.all().delete()
    assert line(people.client("viewer"), "/teams/lantern/") == "These numbers have not been counted yet."


def test_the_line_comes_along_when_the_gate_is_counted(people: People, lantern: Team) -> None:
    page = people.client("viewer").get("/teams/lantern/gate/", headers={"HX-Request": "true"}).content.decode()
    assert '<p id="run" hx-swap-oob="true">' in page
    assert f"run {run_of([lantern]).last}" in page


def test_a_page_without_counts_has_no_line(people: People, lantern: Team) -> None:
    for address in ("/account/", "/teams/lantern/people/", "/lifecycle/"):
        assert line(people.client("viewer"), address) == ""


def test_the_runs_of_many_teams_are_one_query(lantern: Team, django_assert_num_queries: object) -> None:
    teams = [lantern, *(TeamFactory.create() for _ in range(4))]
    jobs.drain()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert run_of(teams).teams == 5


def test_a_decision_tells_the_run_that_it_was_made_on(people: People, lantern: Team) -> None:
    CriterionFactory.create(stage=lantern.stage)
    jobs.drain()
    lantern.refresh_from_db()
    counted = run_of([lantern]).last
    record = freeze(verdict_of(lantern), stage=lantern.stage, people={}, team=lantern)
    lantern.promotions.create(
        seq=2, kind="entered", to_stage=lantern.stage, effective_on=TODAY, data_version=2, record=record
    )
    jobs.ask("recount", str(lantern.pk))
    jobs.drain()
    page = people.client("viewer").get("/teams/lantern/history/2/").content.decode()
    assert f"when it was decided (run {counted})." in page
    assert f"(run {run_of([lantern]).last})." in page
    assert run_of([lantern]).last != counted


def test_an_import_tells_the_run_that_read_it(people: People, lantern: Team, uploads: object) -> None:
    delivery = deliver(source_of(lantern.pathways.get()), file_of(row(1)))
    page = people.client("admin").get(f"/teams/lantern/data/imports/{delivery.pk}/").content.decode()
    assert f'<a href="/admin/lifecycle/job/{delivery.job_id}/change/">run {delivery.job_id}</a>)' in page
    page = people.client("viewer").get(f"/teams/lantern/data/imports/{delivery.pk}/").content.decode()
    assert f"(run {delivery.job_id})." in page
