"""The activator's day, from log-in to log-out: what is left to do, who just arrived, what data is there."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lifecycle import jobs
from metrics.models import Import
from teams.models import MilestoneEvent, PromotionRequest, Team
from tests.browser.conftest import Window
from tests.browser.hands import WAYS, Hands, Way

pytestmark = pytest.mark.django_db(transaction=True)
NEXT = "Build a relationship with other teams"
ROWS = "commit,author_name,author_email,author_ts\nd4a1c0,Robin Vale,robin.vale@demo.example,{at}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """One contribution that nobody has told yet."""
    path = tmp_path / "last-week.csv"
    path.write_text(ROWS.format(at=1_760_000_000), encoding="utf-8")
    return path


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_activators_day(demo: list[Team], window: Window, way: Way, file: Path) -> None:
    hands = Hands(window, way)
    hands.log_in("mara", to="/teams/harbour/")
    tick_and_undo(hands)
    look_at_what_is_missing(hands)
    bring_data_in(hands, file)
    greet_a_newcomer(hands)
    ask_for_promotion(hands)
    hands.log_out()


def tick_and_undo(hands: Hands) -> None:
    """What now leads to the row; a note and a link go with the tick, and one click takes it back."""
    page = hands.page
    hands.stands_on("Harbour")
    hands.press(page.locator("#moves").get_by_role("link", name="Go to it"))
    row = page.locator("#milestones li[id^=milestone-]").filter(has_text=NEXT)
    hands.press(row.get_by_text("More"))
    hands.write(row.get_by_label("Note, or why it does not apply"), "We share a booth.")
    hands.write(row.get_by_label("Link to the evidence"), "https://wiki.example/booth")
    hands.press(row.get_by_role("button", name="Done"))
    expect(row.locator(".state")).to_have_text("Done")
    hands.hears("done")
    expect(row).to_contain_text("We share a booth.")
    expect(page.locator("#tally")).to_contain_text("counts 3")
    hands.press(row.get_by_role("button", name="Undo"))
    expect(row.locator(".state")).to_have_text("In progress")
    hands.hears("in progress")
    actions = MilestoneEvent.objects.filter(team__slug="harbour", milestone__text__startswith=NEXT).order_by("seq")
    assert [each.action for each in actions] == ["start", "done", "undo"]


def look_at_what_is_missing(hands: Hands) -> None:
    """The short view of the gate, kept in the address."""
    page = hands.page
    hands.press(page.get_by_role("link", name="Only what is missing"))
    expect(page).to_have_url(re.compile("show=missing"))
    hands.stands_on("Harbour")
    assert page.locator("#gate tbody tr").count() == 2


def bring_data_in(hands: Hands, file: Path) -> None:
    """The file is chosen, the row of the import follows by itself, or by the next look."""
    page = hands.page
    hands.press(page.get_by_role("navigation", name="Pages of Harbour").get_by_role("link", name="Data"))
    hands.stands_on("Data")
    page.locator("#upload-form input[type=file]").set_input_files(file)  # the system's own window, in every way
    hands.press(page.get_by_role("button", name="Import"))
    delivery = page.locator("[id^=import-report-]")
    expect(delivery).to_be_visible()
    jobs.drain()
    if not hands.way.script:
        hands.press(page.get_by_role("link", name="Look again"))
    expect(delivery.locator("header .state")).to_have_text("done")
    assert Import.objects.get(filename=file.name).new == 1


def greet_a_newcomer(hands: Hands) -> None:
    """On the lists of people: who is new, who is near."""
    page = hands.page
    hands.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Portfolio"))
    hands.press(page.get_by_role("link", name="Meridian", exact=True))
    hands.press(page.get_by_role("navigation", name="Pages of Meridian").get_by_role("link", name="Contributors"))
    hands.stands_on("Contributors of Meridian")
    lists = page.get_by_role("navigation", name="Lists of people")
    hands.press(lists.get_by_role("link", name="Near the next level"))
    hands.stands_on("Near the next level")
    hands.press(lists.get_by_role("link", name="Newcomers without an answer"))
    hands.stands_on("Newcomers without an answer")
    waiting = page.locator("section[aria-labelledby=waiting-h] tbody tr").first
    name = waiting.locator("th a").inner_text()
    hands.press(waiting.locator("summary"))
    hands.write(waiting.get_by_label("How, in a few words"), "Thanked on the change request")
    hands.press(waiting.get_by_role("button", name="Note the answer"))
    expect(page.locator("section[aria-labelledby=answered-h]")).to_contain_text(name)


def ask_for_promotion(hands: Hands) -> None:
    """The gate is open: asked with a word, and the partner decides."""
    page = hands.page
    hands.press(page.get_by_role("link", name="Portfolio").first)
    hands.press(page.get_by_role("link", name="Paperboat", exact=True))
    hands.stands_on("Paperboat")
    hands.write(page.get_by_label("A word to the partner"), "All five are done.")
    hands.press(page.get_by_role("button", name="Ask for promotion to Starting"))
    expect(page.locator("[data-notices]")).to_contain_text("You asked for the promotion.")
    expect(page.get_by_role("button", name="Withdraw the request")).to_be_visible()
    assert PromotionRequest.objects.get(team__slug="paperboat", state="open").note == "All five are done."
