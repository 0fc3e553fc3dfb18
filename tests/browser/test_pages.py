"""Every page of the demo organisation, as its readers see it: accessible, whole, without a word on the console."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page, expect

from metrics.demo import build
from metrics.models import Import
from pathways.models import CommunityRole
from teams import gates
from teams.models import PromotionRequest, Team, User
from tests.browser.conftest import Window

pytestmark = pytest.mark.django_db(transaction=True)

#: What axe holds pages against: WCAG 2.2 A and AA.
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
#: Both widths and both sheets; contrast does not change with the width, nor targets with the sheet.
SHEETS = [(1440, "light"), (390, "dark")]


@pytest.fixture
def demo(transactional_db: None) -> list[Team]:
    """The demo organisation, made as `manage.py make_demo` makes it."""
    call_command("load_lifecycle", verbosity=0)
    return build.build({})


def addresses() -> list[str]:
    """Every page that a reader can come to by links."""
    delivery = Import.objects.filter(source__team__slug="lantern").first()
    person = CommunityRole.objects.filter(team__slug="lantern").first()
    assert delivery
    assert person
    lantern = "/teams/lantern/"
    return [
        "/",
        "/?view=table",
        "/account/",
        "/lifecycle/",
        "/lifecycle/stages/scaling/",
        "/lifecycle/stages/starting/",
        "/lifecycle/facets/resources/",
        lantern,
        "/teams/meridian/",
        "/teams/kestrel/",
        f"{lantern}history/",
        f"{lantern}history/2/",
        f"{lantern}people/",
        f"{lantern}pathways/",
        f"{lantern}pathways/patch-and-review/",
        f"{lantern}pathways/patch-and-review/conversion-points/",
        f"{lantern}contributors/",
        f"{lantern}contributors/{person.contributor_id}/",
        f"{lantern}data/",
        f"{lantern}data/imports/{delivery.pk}/",
        f"{lantern}numbers/active-contributors/",
        f"{lantern}numbers/conversions/",
        f"{lantern}numbers/new_contributors/",
    ]


def test_the_demo_shows_every_verdict_and_every_page_is_accessible(demo: list[Team], window: Window) -> None:
    states = {team.slug: str(gates.verdict_of(Team.objects.get(pk=team.pk)).state) for team in demo}
    assert len(demo) >= 8
    assert len({team.stage_id for team in demo}) == 5
    assert (states["paperboat"], states["orchard"], states["beacon"]) == ("open", "closed", "undecided")
    assert PromotionRequest.objects.get(state="open").team.slug == "lantern"
    admin = User.objects.get(username="ada")
    found = {}
    for width, scheme in SHEETS:
        # axe itself sets inline styles, which the pages' policy refuses aloud: that window is not watched.
        page = window(admin, width=width, scheme=scheme, watched=False)
        for address in addresses():
            if troubles := look(page, address):
                found[address, width, scheme] = troubles
    watched = window(admin)
    for address in addresses():
        watched.goto(address)
        watched.wait_for_load_state("networkidle")
    assert not found, "\n".join(f"{where}: {what}" for where, what in found.items())


def look(page: Page, address: str) -> list[str]:
    """What is wrong with one page: its answer, its headings, its width, what axe finds."""
    response = page.goto(address)
    assert response is not None
    assert response.status == 200, address
    troubles = []
    if page.locator("h1").count() != 1:
        troubles.append(f"{page.locator('h1').count()} h1")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        troubles.append("scrolls sideways")
    results = Axe().run(page, options=RULES)
    for violation in results.response["violations"]:
        nodes = ", ".join(str(node["target"]) for node in violation["nodes"][:3])
        troubles.append(f"{violation['id']} ({violation['help']}): {nodes}")
    return troubles


def test_a_tick_works_by_keyboard_and_keeps_the_focus(demo: list[Team], window: Window) -> None:
    page = window(User.objects.get(username="jonas"))
    page.goto("/teams/orchard/")
    row = page.locator("#milestones li[id^=milestone-]").filter(has_text="Open").first
    identity = row.get_attribute("id")
    row.get_by_role("button", name="Done").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{identity} .state")).to_contain_text("Done")
    # htmx settles a moment after it has swapped; the focus comes back then.
    page.wait_for_function("id => document.activeElement.closest(`#${id}`)", arg=identity)


def test_without_scripts_a_tick_still_works(demo: list[Team], window: Window) -> None:
    page = window(User.objects.get(username="jonas"), script=False)
    page.goto("/teams/orchard/")
    row = page.locator("#milestones li[id^=milestone-]").filter(has_text="Open").first
    identity = row.get_attribute("id")
    row.get_by_role("button", name="Done").click()
    expect(page.locator(f"#{identity} .state")).to_contain_text("Done")
