"""The admin's day, from log-in to log-out: a definition changes, and forty teams need not be afraid of it."""

import re

import pytest
from playwright.sync_api import expect

from lifecycle import suggestions
from lifecycle.models import Criterion, Facet, Stage, Suggestion
from teams.models import Team
from tests.browser.conftest import Window
from tests.browser.hands import WAYS, Hands, Way

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_admins_day(demo: list[Team], window: Window, way: Way) -> None:
    stage = Stage.objects.get(slug="starting")
    suggestions.suggest(stage, facet=Facet.RISKS, text="Nobody answers in the holidays.", author="jonas")
    hands = Hands(window, way)
    hands.log_in("ada")
    change_a_condition(hands)
    answer_a_suggestion(hands)
    look_at_the_jobs(hands)
    hands.press(hands.page.get_by_role("button", name="Log out"))
    hands.stands_on("Log in")
    hands.page.goto("/")
    expect(hands.page).to_have_url(re.compile("/accounts/login/"))


def change_a_condition(hands: Hands) -> None:
    """More newcomers are asked for; before that is saved, the admin reads which gate would close."""
    page = hands.page
    hands.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Admin"))
    hands.press(page.locator("#content").get_by_role("link", name="Stages", exact=True))
    hands.press(page.get_by_role("link", name="Learning and preparing for growth"))
    hands.press(page.locator("#criteria-group summary"))
    hands.write(page.locator("#id_criteria-0-threshold"), "500")
    hands.press(page.get_by_role("button", name="Save", exact=True))
    change = page.locator("table.gates tr").filter(has_text="Lantern")
    expect(change).to_contain_text("would no longer be open")
    assert Criterion.objects.get(measure="new_contributors").threshold == 25
    hands.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")
    assert Criterion.objects.get(measure="new_contributors").threshold == 500


def answer_a_suggestion(hands: Hands) -> None:
    """The queue: read, chosen, answered."""
    page = hands.page
    hands.press(page.locator(".breadcrumbs").get_by_role("link", name="Admin"))
    hands.press(page.locator("#content").get_by_role("link", name="Suggestions", exact=True))
    hands.tick(page.locator("#result_list tbody input[type=checkbox]"))
    hands.choose(page.get_by_label("Action:"), "Accept")
    hands.write(page.get_by_label("Answer to its author:"), "Thank you, it is in.")
    hands.press(page.get_by_role("button", name="Go"))
    expect(page.locator(".messagelist")).to_contain_text("1 suggestion answered.")
    assert Suggestion.objects.get().state == "accepted"


def look_at_the_jobs(hands: Hands) -> None:
    """The console: nothing is dead, and the last good run of each kind is named."""
    page = hands.page
    hands.press(page.locator(".breadcrumbs").get_by_role("link", name="Admin"))
    hands.press(page.locator("#content").get_by_role("link", name="Jobs", exact=True))
    hands.stands_on("Jobs")
    expect(page.locator("[aria-labelledby=dead-h]").first).to_contain_text("None: whatever died was asked for again.")
    hands.press(page.get_by_role("link", name="recount", exact=True).first)
    expect(page).to_have_url(re.compile("kind=recount"))
