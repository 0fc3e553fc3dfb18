"""What people type on a team's page stays theirs: Enter decides nothing, and a swap takes no text away."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from lifecycle import clock
from teams import waivers
from teams.models import MilestoneEvent, Role, Team, User
from tests.browser.conftest import Window
from tests.factories import (
    CriterionFactory,
    MeasurementFactory,
    MembershipFactory,
    MilestoneFactory,
    StageFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
GATE = re.compile("/gate/")


@pytest.fixture
def team() -> Team:
    StageFactory.create(order=2)
    return TeamFactory.create(slug="lantern", name="Lantern", stage=StageFactory.create(order=1))


def member(team: Team, role: Role) -> User:
    user = UserFactory.create()
    MembershipFactory.create(team=team, user=user, role=role)
    return user


def test_enter_keeps_a_link_and_ticks_nothing(window: Window, team: Team) -> None:
    milestone = MilestoneFactory.create(stage=team.stage)
    page = window(member(team, Role.ACTIVATOR))
    page.goto("/teams/lantern/")
    row = page.locator(f"#milestone-{milestone.pk}")
    row.get_by_text("More").click()
    row.get_by_label("Link to the evidence").fill("https://wiki.example/plan")
    row.get_by_label("Link to the evidence").press("Enter")
    expect(row.get_by_role("link", name="https://wiki.example/plan")).to_be_visible()
    assert MilestoneEvent.objects.get().action == "note"


def test_enter_in_the_answer_to_a_waiver_grants_nothing(window: Window, team: Team) -> None:
    milestone = MilestoneFactory.create(stage=team.stage)
    until = clock.today() + timedelta(days=9)
    asked = waivers.ask(team, actor=member(team, Role.ACTIVATOR), reason="Later", expires_on=until, milestone=milestone)
    page = window(member(team, Role.PARTNER))
    page.goto("/teams/lantern/")
    page.get_by_label("Answer").fill("Not now")
    page.get_by_label("Answer").press("Enter")
    expect(page.get_by_label("Answer")).to_have_value("Not now\n")
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_the_gate_follows_by_itself_and_leaves_what_is_being_typed(window: Window, team: Team) -> None:
    CriterionFactory.create(stage=team.stage)
    milestone = MilestoneFactory.create(stage=team.stage)
    waivers.ask(
        team,
        actor=member(team, Role.ACTIVATOR),
        reason="Later",
        expires_on=clock.today() + timedelta(days=9),
        milestone=milestone,
    )
    page = window(member(team, Role.PARTNER))
    page.goto("/teams/lantern/")
    expect(page.locator("#lead")).to_contain_text("counted again")
    page.get_by_label("Answer").fill("Half a sen")
    MeasurementFactory.create(team=team)
    expect(page.locator("#lead")).to_contain_text("The gate is closed")
    expect(page.locator("#moves")).not_to_contain_text("counted again")
    expect(page.get_by_label("Answer")).to_have_value("Half a sen")


def test_an_answer_that_comes_too_late_for_its_place_is_passed_over(window: Window, team: Team) -> None:
    """The gate asks each second; a tick's answer replaces it while one of its questions is under way."""
    CriterionFactory.create(stage=team.stage)
    milestone = MilestoneFactory.create(stage=team.stage)
    page = window(member(team, Role.ACTIVATOR))
    held: list[Route] = []
    page.route(GATE, lambda route: route.continue_() if held else held.append(route))  # the first is kept waiting
    with page.expect_request(GATE):
        page.goto("/teams/lantern/")
    row = page.locator(f"#milestone-{milestone.pk}")
    row.get_by_role("button", name="Done").click()
    expect(row.locator(".state")).to_contain_text("Done")
    MeasurementFactory.create(team=team)
    with page.expect_response(lambda response: response.request == held[0].request):
        held[0].continue_()
    expect(page.locator("#lead")).to_contain_text("is open")
