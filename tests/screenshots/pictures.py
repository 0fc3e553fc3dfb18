"""What is taken a picture of. A new one is a line here, and its sentence in docs/tour.md."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Picture:
    """One picture: whose page, from where on down, and what is done on it before."""

    file: str  # below docs/
    reader: str
    address: str
    top: str = "body"  # what stands at the upper edge
    height: int = 800
    done: Callable[[Page], None] = lambda page: None


def open_first(selector: str) -> Callable[[Page], None]:
    """Open the first disclosure there."""
    return lambda page: page.locator(f"{selector} summary").first.click()


def begin_a_tick(page: Page) -> None:
    """Note and link are written, the button is not pressed yet."""
    row = page.locator("#milestones li").filter(has_text="Build a relationship")
    row.get_by_text("More").click()
    row.get_by_label("Note, or why it does not apply").fill("We share a booth and a mentor with the writers.")
    row.get_by_label("Link to the evidence").fill("https://handbook.demo.example/harbour/writers")


def ask_for_more(page: Page) -> None:
    """A higher threshold, looked at before it is saved; it never is."""
    page.get_by_role("link", name="Learning and preparing for growth").click()
    page.locator("#criteria-group summary").click()
    page.locator("#id_criteria-0-threshold").fill("75")
    page.get_by_role("button", name="Save", exact=True).click()


PICTURES = (
    Picture("dashboard.png", "ines", "/teams/lantern/", height=1000),
    Picture("tour/portfolio.png", "ines", "/", height=1000),
    Picture("tour/gate.png", "ines", "/teams/orchard/?show=missing", "#moves", height=450, done=open_first("#gate")),
    Picture("tour/number.png", "ines", "/teams/lantern/numbers/new_contributors/", ".crumbs", height=820),
    Picture("tour/milestones.png", "mara", "/teams/harbour/", "#milestones", height=575, done=begin_a_tick),
    Picture("tour/pathway.png", "mara", "/teams/harbour/pathways/fix-a-build/", ".crumbs", height=960),
    Picture("tour/newcomers.png", "mara", "/teams/meridian/contributors/newcomers/", ".crumbs", height=720),
    Picture("tour/preview.png", "ada", "/admin/lifecycle/stage/", height=420, done=ask_for_more),
)
