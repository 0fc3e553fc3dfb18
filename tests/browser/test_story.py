"""The story the product exists for, played by three people in a browser, with a real worker behind it."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Page, expect

from lifecycle import clock, jobs
from lifecycle.models import Milestone, Stage
from metrics.demo.slices import cut
from pathways import pathways
from teams import milestones
from teams.models import MilestoneEvent, Promotion, Role, Team, User
from teams.promotion import found
from tests.browser.conftest import Window
from tests.factories import MembershipFactory, TeamFactory, UserFactory
from tests.processes import DISPATCHER, WORKER, running

pytestmark = pytest.mark.django_db(transaction=True)

SAMPLE = settings.BASE_DIR / "fixtures" / "samples" / "profiler" / "events.csv.gz"
LAST = "systems-connected"


@pytest.fixture
def yesterday() -> date:
    return clock.today() - timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path, yesterday: date) -> Path:
    """Real history, moved so that it ends yesterday."""
    path = tmp_path / "history.csv"
    path.write_bytes(cut(SAMPLE, first=date(2018, 6, 1), last=date(2021, 1, 20), ends_on=yesterday))
    return path


@pytest.fixture
def people() -> tuple[User, User, User]:
    """Activator, partner and outsider, and the lifecycle."""
    call_command("load_lifecycle", verbosity=0)
    activator, partner, outsider = (UserFactory.create(username=name) for name in ("jo", "ines", "otto"))
    elsewhere = TeamFactory.create(slug="elsewhere", stage=Stage.objects.get(order=1))
    MembershipFactory.create(team=elsewhere, user=outsider)
    return activator, partner, outsider


@pytest.fixture
def team(people: tuple[User, User, User]) -> Team:
    """A team in Learning, with all of its milestones done and verified but one, and a pathway without data."""
    activator, partner, _ = people
    entered = clock.today() - timedelta(days=230)
    team = found(name="Lantern", slug="lantern", actor=None, stage=Stage.objects.get(slug="learning"), on=entered)
    MembershipFactory.create(team=team, user=activator, role=Role.ACTIVATOR)
    MembershipFactory.create(team=team, user=partner, role=Role.PARTNER)
    pathways.create(team, actor=activator, name="Patch and review", opened_on=entered)
    for milestone in Milestone.objects.filter(stage=team.stage, required=True).exclude(key=LAST):
        done = milestones.record(team, milestone=milestone, actor=activator, action=MilestoneEvent.Action.DONE, seen=0)
        if milestone.needs_verification:
            milestones.record(
                team, milestone=milestone, actor=partner, action=MilestoneEvent.Action.VERIFY, seen=done.seq
            )
    jobs.drain()
    return team


def test_data_comes_in_the_gate_opens_and_the_team_is_promoted(
    window: Window, team: Team, people: tuple[User, User, User], file: Path, yesterday: date
) -> None:
    activator, partner, outsider = people
    stranger = window(outsider)
    not_found(stranger, "/teams/lantern/", "/teams/lantern/data/", "/teams/lantern/history/")
    with running(DISPATCHER, WORKER):
        page = window(activator)
        bring_data_in(page, file, yesterday)
        tick_the_last_milestone(page)
        ask_for_promotion(page)
        decide(window(partner))
    not_found(stranger, "/teams/lantern/history/2/")
    team.refresh_from_db()
    assert team.stage.slug == "scaling"
    record = Promotion.objects.get(team=team, kind="promoted").record
    assert {row["state"] for row in record["conditions"] if row["strength"] == "required"} == {"met"}


def bring_data_in(page: Page, file: Path, complete_to: date) -> None:
    """A source is added, the file uploaded; its row moves until the worker is done, and tells what came."""
    page.goto("/teams/lantern/data/")
    page.get_by_text("Add a source").first.click()
    source = page.locator("#source-form")
    source.get_by_label("Name").fill("Repository export")
    source.get_by_label("Pathway").select_option(label="Patch and review")
    source.get_by_label("Kind", exact=False).select_option(label="Commit")
    source.get_by_role("button").click()
    upload = page.locator("#upload-form")
    upload.locator("input[type=file]").set_input_files(file)
    upload.locator("input[name=complete_to]").fill(complete_to.isoformat())
    upload.get_by_role("button", name="Import").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+ new contributions"))


def tick_the_last_milestone(page: Page) -> None:
    """In place: the row, the gate and the tally follow without a new page."""
    page.goto("/teams/lantern/")
    milestone = Milestone.objects.get(key=LAST)
    row = page.locator(f"#milestone-{milestone.pk}")
    page.evaluate("window.sameDocument = true")
    row.get_by_role("button", name="Done").click()
    expect(row.locator(".state")).to_contain_text("Done")
    expect(page.locator("#gate tr").filter(has_text="Milestones of the stage").locator(".state")).to_contain_text("Met")
    expect(page.locator("#tally")).to_contain_text("asks for 7 and counts 7")
    assert page.evaluate("window.sameDocument") is True


def ask_for_promotion(page: Page) -> None:
    """Open as soon as the numbers are counted; the gate follows by itself, and so does the form that asks."""
    expect(page.locator("#gate header .state").first).to_have_text("Open")
    page.get_by_label("A word to the partner").fill("We are ready.")
    page.get_by_role("button", name="Ask for promotion to Scaling").click()
    expect(page.get_by_role("button", name="Withdraw the request")).to_be_visible()


def decide(page: Page) -> None:
    """The partner finds the team in the portfolio, reads the gate, and promotes."""
    page.goto("/")
    expect(page.get_by_text("Your move").first).to_be_visible()
    page.get_by_role("link", name="Lantern").first.click()
    expect(page.locator("#gate")).to_contain_text("more than 25")
    page.get_by_role("button", name="Promote to Scaling").click()
    # "The gate to Scaling is open" stood there before: leaving now would drop the request on its way.
    expect(page.locator(".title .lead")).to_contain_text("In Scaling since")
    page.goto("/teams/lantern/history/2/")
    expect(page.locator("main")).to_contain_text("New contributors since the stage was entered")
    expect(page.locator("main")).to_contain_text("more than 25")
    expect(page.locator("main")).to_contain_text("We are ready.")


def not_found(page: Page, *addresses: str) -> None:
    for address in addresses:
        response = page.goto(address)
        assert response is not None
        assert response.status == 404
