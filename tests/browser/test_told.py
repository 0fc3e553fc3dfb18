"""What programs and people tell: the page of such a source, an entry without scripts, and tokens, held to the rules."""

import pytest
from playwright.sync_api import Page, expect

from metrics.models import Contribution, Source
from pathways.models import Kind
from teams.models import Team, User
from tests.browser.conftest import Window
from tests.browser.test_pages import BETWEEN, SCROLLS, SHEETS, look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def source(demo: list[Team]) -> Source:
    pathway = Team.objects.get(slug="lantern").pathways.order_by("pk")[0]
    kind = Kind.objects.filter(state=Kind.State.KNOWN, same_as=None)[0]
    return Source.objects.create(team=pathway.team, pathway=pathway, name="Told", type="api", default_kind=kind)


def troubles(page: Page) -> list[str]:
    found = []
    for width, scheme in SHEETS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [f"{trouble} ({width}, {scheme})" for trouble in look(page)]
    for width in BETWEEN:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"scrolls sideways ({width})"] if page.evaluate(SCROLLS) else []
    return found


def test_an_entry_by_hand_without_scripts_on_a_phone(source: Source, window: Window) -> None:
    page = window(User.objects.get(username="ada"), width=390, script=False)
    page.goto(f"/teams/lantern/data/sources/{source.pk}/")
    page.get_by_label("Who", exact=False).first.fill("a")
    page.get_by_label("In a few words").fill("A talk at the fair")
    page.get_by_label("Witness").fill("Somebody")
    page.get_by_role("button", name="Enter it").click()
    expect(page.locator("#entry-form .errorlist")).to_contain_text("Choose one")
    chosen = page.locator("#entry-form input[type=radio]").nth(1)
    number = int(chosen.get_attribute("value") or 0)
    chosen.check()
    page.get_by_role("button", name="Enter it").click()
    expect(page.locator("body")).to_contain_text("Entered.")
    expect(page.get_by_role("table", name="The latest that came")).to_contain_text("A talk at the fair")
    assert Contribution.objects.get(imported__source=source).contributor_id == number


def test_its_pages_are_accessible(source: Source, window: Window) -> None:
    page = window(User.objects.get(username="ada"), watched=False)
    page.goto(f"/teams/lantern/data/sources/{source.pk}/")
    page.locator("#entry_person").fill("a")
    page.locator("#entry_link").fill("https://talks.example/a/very/long/address/of/a/talk/that/goes/on/and/on.html")
    page.get_by_role("button", name="Enter it").click()
    assert troubles(page) == []
    page.locator("#entry-form input[type=radio]").first.check()
    page.get_by_role("button", name="Enter it").click()
    expect(page.locator("body")).to_contain_text("Entered.")
    assert troubles(page) == []
    page.get_by_role("link", name="Make a token").click()
    page.get_by_label("Name").fill("Nightly export")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("code").first).to_contain_text("lifecycle_")
    assert troubles(page) == []
