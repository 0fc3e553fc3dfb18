"""Every page of the demo organisation, as its readers see it: accessible, whole, without a word on the console."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db.models import Count
from playwright.sync_api import Page, expect

from metrics.models import Import
from pathways import likenesses, presence
from pathways.models import CommunityRole, Likeness
from teams import gates, letters, links, mail_settings
from teams.models import CaseStudyLink, Invitation, Membership, PromotionRequest, Role, Signal, Team, User
from tests.browser.conftest import Window

pytestmark = pytest.mark.django_db(transaction=True)

#: What axe holds pages against: WCAG 2.2 A and AA.
RULES: dict[str, object] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},  # no rule of these reads the sheets; it would ask for each one at a wrong address
}
#: What axe finds, in a line each: the rule, and the first places where it is broken.
VIOLATIONS = """options => axe.run(document, options).then(({violations}) => violations.map(({id, help, nodes}) =>
    `${id} (${help}): ${nodes.slice(0, 3).map(each => each.target.join(" ")).join(", ")}`))"""
#: Of these, what another width or sheet changes: the rest is the document's, and looked at once.
AGAIN: dict[str, object] = {
    "runOnly": ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]
}
#: Rows that are built alike are coloured and sized alike: of each sort some are enough, once all have been looked at.
THIN_OUT = """() => {
    const built = each => [each.tagName, each.getAttribute("class"), each.type, ...[...each.children].map(built)].join()
    for (const rows of document.querySelectorAll("tbody, ul, ol, dl, svg, svg g")) {
        const seen = new Map()
        for (const row of [...rows.children]) {
            const sort = built(row)
            seen.set(sort, (seen.get(sort) || 0) + 1)
            if (seen.get(sort) > 3) row.remove()
        }
    }
}"""
#: Both widths and both sheets; contrast does not change with the width, nor targets with the sheet.
SHEETS: list[tuple[int, Literal["light", "dark"]]] = [(1440, "light"), (390, "dark")]
#: The smallest phone, a tablet, and a narrow window: where no sheet is looked at, nothing sticks out either.
BETWEEN = (320, 800, 1100)
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
#: A table beside a long head must not grow with it.
STRETCHED = """[...document.querySelectorAll(".section > table")].some(table => {
    const height = table.offsetHeight
    table.style.alignSelf = "start"
    return table.offsetHeight < height
})"""
STICKS_OUT = """[...document.querySelectorAll(".board .team *")].some(
    part => part.getBoundingClientRect().right > part.closest(".column").getBoundingClientRect().right + 1)"""


def addresses() -> list[str]:
    """Every page that a reader can come to by links; of those that one template makes, one or two."""
    delivery = Import.objects.filter(source__team__slug="lantern").first()
    person = CommunityRole.objects.filter(team__slug="lantern").first()
    held = Membership.objects.filter(team__slug="lantern", role=Role.ACTIVATOR, is_deputy=False).first()
    offered = Invitation.objects.filter(team__slug="lantern").first()
    alike = likenesses.open_of(Team.objects.get(slug="lantern")).first()
    names = presence.known_identities(Team.objects.get(slug="lantern"))
    several = names.values("contributor").annotate(n=Count("email", distinct=True)).filter(n__gt=1).order_by("n")
    name = names.filter(contributor=several[0]["contributor"]).order_by("pk")[0]
    link = CaseStudyLink.objects.first()
    assert link
    assert delivery
    assert person
    signal = Signal.objects.filter(team__slug="orchard", state=Signal.State.OPEN).first()
    assert alike
    assert signal
    assert held
    assert offered
    lantern = "/teams/lantern/"
    return [
        "/",
        "/?view=table",
        "/numbers/active/",
        "/account/",
        "/insights/",
        "/insights/numbers/stays/?stage=scaling",
        "/insights/side-by-side/?team=lantern&team=beacon&team=harbour&team=kestrel",
        "/account/notifications/",
        "/notifications/",
        f"/unsubscribe/{mail_settings.token_of(User.objects.get(username='ines'), mail_settings.Sort.DIGEST)}/",
        "/lifecycle/",
        "/lifecycle/words/",
        "/lifecycle/stages/scaling/",
        "/lifecycle/stages/scaling/earlier/?on=2025-11-01",
        "/lifecycle/facets/resources/",
        lantern,
        "/teams/meridian/",
        "/teams/kestrel/",
        f"{lantern}history/",
        f"{lantern}history/2/",
        f"{lantern}people/",
        f"{lantern}risks/",
        f"/teams/orchard/signals/{signal.pk}/",
        f"{lantern}people/{held.pk}/hand-over/",
        f"/invitations/{links.key_of(offered.nonce, purpose=letters.INVITATION)}/",
        "/accounts/second-factor/",
        "/accounts/second-factor/totp/activate/",
        f"{lantern}pathways/",
        f"{lantern}pathways/patch-and-review/",
        f"{lantern}pathways/patch-and-review/conversion-points/",
        f"{lantern}contributors/",
        f"{lantern}contributors/near-the-next-level/",
        f"{lantern}contributors/drifting/",
        f"{lantern}contributors/newcomers/",
        f"{lantern}contributors/{person.contributor_id}/",
        f"{lantern}contributors/likenesses/",
        f"{lantern}contributors/likenesses/reach/?pair={alike.pk}",
        f"{lantern}contributors/{name.contributor_id}/identities/{name.pk}/splits/",
        "/teams/beacon/data/",
        f"{lantern}data/imports/{delivery.pk}/",
        f"{lantern}data/imports/{delivery.pk}/figures/new/",
        f"{lantern}numbers/",
        f"{lantern}case-study/",
        f"{lantern}case-study/text/",
        "/teams/atlas/case-study/",
        f"/shared/{link.key}/",
        "/teams/meridian/pathways/draw-and-correct/",
        f"{lantern}numbers/steps/",
        f"{lantern}numbers/active-contributors/",
        f"{lantern}numbers/new_contributors/",
    ]


def test_the_demo_shows_every_verdict(demo: list[Team]) -> None:
    states = {team.slug: str(gates.verdict_of(Team.objects.get(pk=team.pk)).state) for team in demo}
    assert len(demo) >= 8
    assert len({team.stage_id for team in demo}) == 5
    assert (states["paperboat"], states["orchard"], states["beacon"]) == ("open", "closed", "undecided")
    assert PromotionRequest.objects.get(state="open").team.slug == "lantern"


def test_every_page_is_accessible(demo: list[Team], window: Window) -> None:
    # axe itself sets inline styles, which the pages' policy refuses aloud: what the console says, test_weight asks.
    page = window(User.objects.get(username="ada"), watched=False)
    found = {}
    for address in addresses():
        response = page.goto(address)
        assert response is not None
        troubles = [f"answered {response.status}"] if response.status != 200 else []
        for width, scheme in SHEETS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            rules = RULES if (width, scheme) == SHEETS[0] else AGAIN
            troubles += [f"{trouble} ({width}, {scheme})" for trouble in look(page, rules)]
        if troubles:
            found[address] = troubles
    assert not found, "\n".join(f"{where}: {what}" for where, what in found.items())


def look(page: Page, rules: dict[str, object] = RULES) -> list[str]:
    """What is wrong with a page in one width and colour: its headings, its width, what axe finds by some rules."""
    troubles = []
    if (headings := page.locator("h1").count()) != 1:
        troubles.append(f"{headings} h1")
    if page.evaluate(SCROLLS):
        troubles.append("scrolls sideways")
    if page.evaluate(STRETCHED):
        troubles.append("a table is higher than its rows")
    if page.evaluate(STICKS_OUT):
        troubles.append("something sticks out of its column")
    if rules is AGAIN:
        page.evaluate(THIN_OUT)
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    return troubles + list(page.evaluate(VIOLATIONS, rules))


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


def test_without_scripts_and_by_keyboard_two_people_are_kept_apart(demo: list[Team], window: Window) -> None:
    page = window(User.objects.get(username="ada"), width=390, script=False)
    page.goto("/teams/lantern/contributors/likenesses/")
    first = page.locator("#pairs tbody input").first
    pk = int(first.get_attribute("value") or 0)
    first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="They are two people").focus()
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Kept apart")
    assert Likeness.objects.get(pk=pk).state == Likeness.State.REJECTED
