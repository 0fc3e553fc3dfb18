"""The meaning of a word in a real browser: on hover, on focus, by a press; it stays, and Escape closes it (1.4.13)."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window
from tests.conftest import People

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_meaning_opens_on_hover_and_focus_and_escape_closes_it(people: People, window: Window) -> None:
    page = window(people.partner)
    page.goto("/teams/lantern/")
    word, meaning = page.locator("[popovertarget=word-milestone]"), page.locator("#word-milestone")
    expect(meaning).to_be_hidden()
    word.hover()
    expect(meaning).to_be_visible()
    meaning.hover()
    page.wait_for_timeout(600)  # longer than the way across the gap may take
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    page.mouse.move(0, 0)
    word.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    expect(word).to_be_focused()


def test_without_scripts_a_press_opens_the_meaning(people: People, window: Window) -> None:
    page = window(people.partner, width=390, script=False)
    page.goto("/teams/lantern/")
    page.locator("[popovertarget=word-milestone]").click()
    expect(page.locator("#word-milestone")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#word-milestone")).to_be_hidden()
