"""What holds on the pages whoever works on them: nothing typed is lost, nothing moves by itself, large text fits."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from lifecycle import jobs
from teams.models import MilestoneEvent, Team, User
from tests.browser.conftest import Window
from tests.browser.hands import SCROLLS
from tests.factories import CriterionFactory, MeasurementFactory, MembershipFactory, StageFactory, TeamFactory

pytestmark = pytest.mark.django_db(transaction=True)
ROW = "#milestones li[id^=milestone-]"
#: What moves by itself or on the way somewhere: of all elements and what CSS puts before and after them.
MOVES = """[...document.querySelectorAll("*")].flatMap(each => ["", "::before", "::after"]
    .map(part => getComputedStyle(each, part))
    .filter(style => style.animationName !== "none" || parseFloat(style.transitionDuration) > 0)
    .map(() => each.localName))"""
#: A component that forgets whoever asks for rest.
LIVELY = """(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync("h1 { transition: opacity 1s }")
    document.adoptedStyleSheets = [sheet]
})()"""
#: Controls that lie on one another, and text that its box cuts off.
CROWDED = """(() => {
    const seen = each => each.checkVisibility({visibilityProperty: true}) && !each.closest(".visually-hidden, .scroll")
    const name = each => `${each.localName} “${(each.textContent || each.id).trim().slice(0, 40)}”`
    const boxes = [...document.querySelectorAll("a, button, summary, input, select, textarea")]
        .filter(each => seen(each) && !each.matches(".skip"))
        .flatMap(each => [...each.getClientRects()].map(box => [each, box]))
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2
    const found = []
    boxes.forEach(([one, a], place) => boxes.slice(place + 1).forEach(([two, b]) => {
        if (!one.contains(two) && !two.contains(one) && over(a, b)) found.push(`${name(one)} lies on ${name(two)}`)
    }))
    for (const each of document.querySelectorAll("main *, header *")) {
        const hides = getComputedStyle(each).overflowX === "hidden" && !each.closest("svg, textarea, select, .scroll")
        if (hides && seen(each) && each.scrollWidth > each.clientWidth + 1) found.push(`${name(each)} is cut off`)
    }
    for (const [each, box] of boxes)
        if (box.right > innerWidth + 1 || box.left < -1) found.push(`${name(each)} sticks out`)
    return found
})()"""
PAGES = (
    "/",
    "/?view=table",
    "/lifecycle/",
    "/teams/lantern/",
    "/teams/orchard/",
    "/teams/lantern/pathways/patch-and-review/",
    "/teams/lantern/contributors/",
    "/teams/lantern/contributors/likenesses/",
    "/teams/lantern/numbers/",
    "/teams/lantern/data/",
    "/teams/lantern/history/2/",
)


def test_text_of_twice_the_size_fits(demo: list[Team], window: Window) -> None:
    page = window(User.objects.get(username="ada"))
    found = []
    for address in PAGES:
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            troubles = page.evaluate(CROWDED) + (["it scrolls sideways"] if page.evaluate(SCROLLS) else [])
            found += [f"{address} at {width}: {trouble}" for trouble in troubles]
    assert not found, "\n".join(found)


def test_nothing_moves_for_whoever_asks_for_rest(demo: list[Team], window: Window) -> None:
    moving, resting = (
        window(User.objects.get(username="ada"), reduced_motion=wish) for wish in ("no-preference", "reduce")
    )
    for address in ("/", "/teams/lantern/", "/teams/lantern/numbers/", "/lifecycle/", "/admin/lifecycle/stage/"):
        resting.goto(address)
        assert resting.evaluate(MOVES) == [], address
    for page in (moving, resting):
        page.goto("/lifecycle/")
        page.evaluate(LIVELY)
    assert moving.evaluate(MOVES) == ["h1"]  # so a sheet to come would be found; whoever asks for rest has it even then
    assert resting.evaluate(MOVES) == []


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_stale_window_loses_nothing(demo: list[Team], window: Window, script: bool) -> None:
    first, second = (window(User.objects.get(username="jonas"), script=script) for _ in range(2))
    for page in (first, second):
        page.goto("/teams/orchard/")
    identity = first.locator(ROW).filter(has_text="Develop a core community").get_attribute("id")
    mine, late = first.locator(f"#{identity}"), second.locator(f"#{identity}")
    mine.get_by_role("button", name="Done").click()
    expect(mine.locator(".state")).to_have_text("Done")
    late.get_by_text("More").click()
    late.get_by_label("Note, or why it does not apply").fill("Six people meet each month.")
    late.get_by_label("Link to the evidence").fill("https://wiki.example/core")
    late.get_by_role("button", name="Start").click()
    expect(late.get_by_role("alert")).to_contain_text("What you wrote is still below.")
    expect(late.locator(".state")).to_have_text("Done")
    expect(late.get_by_label("Note, or why it does not apply")).to_have_value("Six people meet each month.")
    expect(late.get_by_label("Link to the evidence")).to_have_value("https://wiki.example/core")
    late.get_by_role("button", name="Keep the note").last.click()
    expect(late.locator(".what")).to_contain_text("Six people meet each month.")
    told = MilestoneEvent.objects.filter(team__slug="orchard", milestone_id=int(str(identity).split("-")[1]))
    assert [each.action for each in told.order_by("seq")] == ["done", "note"]


def test_back_gives_a_whole_page_with_what_was_done(demo: list[Team], window: Window) -> None:
    page = window(User.objects.get(username="jonas"))
    page.goto("/teams/orchard/?show=missing")
    row = page.locator(ROW).filter(has_text="Develop a core community")
    row.get_by_role("button", name="Done").click()
    expect(row.locator(".state")).to_have_text("Done")
    page.locator("#gate td.num a").first.click()
    expect(page.locator("h1")).to_have_text(re.compile("New contributors"))
    page.go_back()
    expect(page.locator("h1")).to_have_text("Orchard")
    expect(page.locator(".masthead")).to_be_visible()
    expect(page.locator(ROW).filter(has_text="Develop a core community").locator(".state")).to_have_text("Done")
    expect(page.locator("#gate")).to_contain_text("CBT partner 2")


def test_the_gate_that_follows_keeps_focus_and_what_is_open_and_says_so(window: Window) -> None:
    StageFactory.create(order=2)
    team = TeamFactory.create(slug="lantern", stage=StageFactory.create(order=1))
    CriterionFactory.create(stage=team.stage)
    page = window(MembershipFactory.create(team=team).user)
    page.goto("/teams/lantern/")
    reading = page.locator("#gate summary")
    reading.focus()
    page.keyboard.press("Enter")
    heard = page.locator("[data-notices]")
    assert heard.evaluate("region => getComputedStyle(region).display") != "none"
    expect(heard).to_be_empty()
    MeasurementFactory.create(team=team)
    expect(page.locator("#lead")).to_contain_text("is open")
    expect(heard).to_have_text("The numbers are counted. The gate: open.")
    expect(page.locator("#gate details")).to_have_attribute("open", "")
    expect(reading).to_be_focused()


def test_the_row_of_a_file_says_when_it_is_done(demo: list[Team], window: Window) -> None:
    page = window(User.objects.get(username="jonas"))
    page.goto("/teams/lantern/data/")
    rows = b"commit,author_name,author_email,author_ts\na1,Robin,r@demo.example,1760000000"
    file = FilePayload(name="june.csv", mimeType="text/csv", buffer=rows)
    page.locator("#upload-form input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    page.goto("/teams/lantern/data/")
    page.get_by_role("link", name="june.csv").focus()
    jobs.drain()
    expect(page.locator("[data-notices]")).to_contain_text("june.csv: done")
    expect(page.get_by_role("link", name="june.csv")).to_be_focused()


def test_a_suggestion_says_that_it_is_sent_and_keeps_the_focus(demo: list[Team], window: Window) -> None:
    page = window(User.objects.get(username="jonas"))
    page.goto("/lifecycle/stages/scaling/")
    send(page, "")
    expect(page.locator("[data-notices]")).to_contain_text("Something in the form needs another look.")
    send(page, "Say who keeps the list of other communities.")
    expect(page.locator("[data-notices]")).to_contain_text("Your suggestion has been sent to the admins.")


def send(page: Page, text: str) -> None:
    """By the keyboard; wherever the answer leaves the focus, it is in the place that was written in."""
    place = page.locator("[id^=suggestion-][id$=risks]")
    if not place.get_by_role("textbox").is_visible():
        place.locator("summary").press("Enter")
    place.get_by_role("textbox").fill(text)
    place.get_by_role("button", name="Send to the admins").press("Enter")
    expect(place.locator(".errorlist, .notice.good")).to_be_visible()
    expect(place.locator(":focus")).to_have_count(1)
