"""The CBT partner's day, from log-in to log-out: which team is stuck, can the number be trusted, who moves up."""

import re

import pytest
from playwright.sync_api import expect

from teams.models import CheckIn, MilestoneEvent, Promotion, Team
from tests.browser.conftest import Window
from tests.browser.hands import WAYS, Hands, Way

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_partners_day(demo: list[Team], window: Window, way: Way) -> None:
    hands = Hands(window, way)
    hands.log_in("ines")
    find_who_is_stuck(hands)
    trust_the_number(hands)
    verify_a_milestone(hands)
    keep_a_check_in(hands)
    decide_on_a_promotion(hands)
    hands.log_out()


def find_who_is_stuck(hands: Hands) -> None:
    """The first sentence leads to those who wait, and to the silent ones; the filter to one team by name."""
    page = hands.page
    hands.stands_on("Portfolio")
    hands.press(page.get_by_role("link", name="3 wait for you"))
    expect(page).to_have_url(re.compile(r"move=you"))
    hands.stands_on("Portfolio")
    assert page.locator(".board .team").count() == 3
    hands.choose(page.get_by_label("Whose move"), "Anybody")
    hands.choose(page.get_by_label("Sort by"), "Longest silent")
    hands.press(page.get_by_role("button", name="Apply"))
    expect(page).to_have_url(re.compile(r"sort=silent"))
    expect(page.locator(".board .team").filter(has_text="Meridian")).to_contain_text("silent 36 days")
    hands.press(page.get_by_role("link", name="Orchard", exact=True))
    hands.stands_on("Orchard")


def trust_the_number(hands: Hands) -> None:
    """What is missing stands at the gate; its number leads to the people behind it, and back."""
    page = hands.page
    condition = page.locator("#gate tbody tr").filter(has_text="New contributors")
    hands.press(condition.locator("summary").first)
    expect(condition).to_contain_text("into a pathway")
    hands.press(condition.locator("td.num a"))
    hands.stands_on(re.compile("New contributors"))
    expect(page.get_by_role("heading", name="Who and what was left out")).to_be_visible()
    hands.press(page.locator(".crumbs").get_by_role("link", name="Orchard"))
    hands.stands_on("Orchard")


def verify_a_milestone(hands: Hands) -> None:
    """What now leads to the row; the row, the tally and the gate follow."""
    page = hands.page
    hands.press(page.locator("#moves").get_by_role("link", name="Verify"))
    row = page.locator("#milestones li[id^=milestone-]").filter(has_text="waits for a partner")
    row = page.locator(f"#{row.get_attribute('id')}")
    hands.press(row.get_by_role("button", name="Verify"))
    expect(row.locator(".state")).to_have_text("Verified")
    hands.hears("verified")
    expect(page.locator("#moves")).not_to_contain_text("Verify")
    assert MilestoneEvent.objects.filter(team__slug="orchard", actor__username="ines", action="verify").exists()


def keep_a_check_in(hands: Hands) -> None:
    """Two sentences after a talk."""
    page = hands.page
    hands.press(page.get_by_text("Add a check-in"))
    hands.write(page.locator("#check-ins").get_by_label("Note"), "Looked at the translations that wait.")
    hands.press(page.get_by_role("button", name="Record it"))
    expect(page.locator("[data-notices]")).to_contain_text("The check-in is recorded.")
    expect(page.locator("#check-ins")).to_contain_text("Looked at the translations that wait.")
    if hands.way.script:
        expect(page.locator("#check-ins time").first).to_have_attribute("title", "today")
    assert CheckIn.objects.filter(team__slug="orchard", by__username="ines", note__startswith="Looked at").exists()


def decide_on_a_promotion(hands: Hands) -> None:
    """The team that has asked is one click from the portfolio; the record of the decision stays."""
    page = hands.page
    hands.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Portfolio"))
    hands.press(page.get_by_role("link", name="Lantern", exact=True))
    hands.stands_on("Lantern")
    expect(page.locator("#promotion")).to_contain_text("Jonas Feld asked")
    hands.press(page.get_by_role("button", name="Promote to Scaling"))
    expect(page.locator("[data-notices]")).to_contain_text("Lantern is in Scaling now.")
    expect(page.locator(".title .lead")).to_contain_text("In Scaling since")
    hands.press(page.get_by_role("navigation", name="Pages of Lantern").get_by_role("link", name="Stage history"))
    hands.stands_on(re.compile("history", re.IGNORECASE))
    decided = Promotion.objects.filter(team__slug="lantern").latest("seq")
    assert (decided.to_stage.slug, decided.decided_by and decided.decided_by.username) == ("scaling", "ines")
