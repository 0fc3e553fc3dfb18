"""Pages in their other states, held to the same rules: errors, conflicts, after a swap, all opened, nothing there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lifecycle import jobs
from lifecycle.models import Milestone, Stage
from teams import milestones
from teams.models import Role, Team, User
from tests.browser.conftest import Window
from tests.browser.test_pages import look
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)
ROW = "#milestones li[id^=milestone-]"
OPEN = "for (const each of document.querySelectorAll('main details')) each.open = true"


def press(page: Page, name: str) -> None:
    """A button, past what the browser itself would ask of the form: the answer is the server's."""
    button = page.get_by_role("button", name=name, exact=True).first
    button.evaluate("button => { button.form.noValidate = true; button.click() }")


def everything_opened(page: Page) -> None:
    page.goto("/teams/orchard/")
    page.evaluate(OPEN)


def charts_and_points_opened(page: Page) -> None:
    page.goto("/teams/lantern/pathways/patch-and-review/")
    page.evaluate(OPEN)


def after_a_swap(page: Page) -> None:
    page.goto("/teams/orchard/")
    row = page.locator(ROW).filter(has_text="Develop a core community")
    row.get_by_role("button", name="Done").click()
    expect(row.locator(".state")).to_have_text("Done")


def a_milestone_refused(page: Page) -> None:
    page.goto("/teams/orchard/")
    row = page.locator(ROW).filter(has_text="Find a librarian")
    row.get_by_text("More").click()
    row.get_by_label("Link to the evidence").fill("no address")
    row.get_by_role("button", name="Keep the note").last.evaluate(
        "button => { button.form.noValidate = true; button.click() }"
    )
    expect(page.get_by_role("alert").first).to_be_visible()


def a_conflict(page: Page) -> None:
    page.goto("/teams/orchard/")
    row = page.locator(ROW).filter(has_text="Write down how")
    number = int(str(row.get_attribute("id")).split("-")[1])
    team, milestone = Team.objects.get(slug="orchard"), Milestone.objects.get(pk=number)
    jonas, seen = User.objects.get(username="jonas"), milestones.state_of(team, milestone).seq
    milestones.record(team, milestone=milestone, actor=jonas, action=milestones.Action.DONE, seen=seen)
    row.get_by_role("button", name="Done").click()
    expect(row.get_by_role("alert")).to_be_visible()


def a_form_of_the_team_in_error(page: Page) -> None:
    page.goto("/teams/orchard/")
    page.evaluate(OPEN)
    press(page, "Record it")
    expect(page.locator("#check-ins .errorlist")).to_be_visible()


def invited_nobody(page: Page) -> None:
    page.goto("/teams/orchard/people/")
    page.get_by_label("E-mail address").fill("nobody-like-that")
    press(page, "Send the invitation")
    expect(page.locator("main .errorlist").first).to_be_visible()


def a_suggestion_in_error(page: Page) -> None:
    page.goto("/lifecycle/stages/scaling/")
    page.evaluate(OPEN)
    press(page, "Send to the admins")
    expect(page.locator("main .errorlist").first).to_be_visible()


def data_in_error(page: Page) -> None:
    page.goto("/teams/lantern/data/")
    press(page, "Import")
    expect(page.locator("#upload-form .errorlist").first).to_be_visible()


def nothing_found(page: Page) -> None:
    page.goto("/?team=no-team-of-that-name")
    expect(page.locator("main")).to_contain_text("No team")


def a_team_without_anything(page: Page) -> None:
    page.goto("/teams/new/")
    expect(page.locator("main")).to_contain_text("Nobody is counted in this team yet")


def no_data_at_all(page: Page) -> None:
    page.goto("/teams/new/data/")
    expect(page.locator("main")).to_contain_text("No source yet.")


def no_pathway(page: Page) -> None:
    page.goto("/teams/new/pathways/")


def no_contributor(page: Page) -> None:
    page.goto("/teams/new/contributors/")


def nothing_here(page: Page) -> None:
    response = page.goto("/teams/no-team/")
    assert response is not None
    assert response.status == 404


def a_menu(page: Page) -> None:
    page.goto("/")
    page.locator(".masthead .menu summary").click()


def a_password_in_error(page: Page) -> None:
    page.goto("/accounts/password/change/")
    press(page, "Change the password")
    expect(page.locator(".errorlist").first).to_be_visible()


STATES: tuple[Callable[[Page], None], ...] = (
    everything_opened,
    charts_and_points_opened,
    after_a_swap,
    a_milestone_refused,
    a_conflict,
    a_form_of_the_team_in_error,
    invited_nobody,
    a_suggestion_in_error,
    data_in_error,
    nothing_found,
    a_team_without_anything,
    no_data_at_all,
    no_pathway,
    no_contributor,
    nothing_here,
    a_menu,
    a_password_in_error,
)
ADMIN = (
    "/admin/",
    "/admin/lifecycle/stage/",
    "/admin/lifecycle/suggestion/",
    "/admin/teams/adoption/add/",
    "/admin/teams/secondfactorrule/add/",
)


def troubles(page: Page) -> list[str]:
    """On a dark phone, as the page stands there: test_pages looks at the pages themselves in both sheets."""
    page.set_viewport_size({"width": 390, "height": 900})
    page.emulate_media(color_scheme="dark")
    return look(page)


def test_every_state_is_accessible(demo: list[Team], window: Window) -> None:
    ada = User.objects.get(username="ada")
    ada.set_password("a long way to go")  # whoever has none is asked to choose one instead
    ada.save(update_fields=["password"])
    new = Team.objects.create(slug="new", name="New", stage=Stage.objects.get(order=1), entered_on=demo[0].entered_on)
    MembershipFactory.create(team=new, user=ada, role=Role.ACTIVATOR)
    for team in (Team.objects.get(slug="orchard"), Team.objects.get(slug="lantern")):
        MembershipFactory.create(team=team, user=ada, role=Role.ACTIVATOR)
    jobs.drain()  # a gate that is being counted would be swapped under the looker's eyes
    page = window(ada, watched=False)
    found = []
    for state in STATES:
        page.set_viewport_size({"width": 1440, "height": 900})
        state(page)
        found += [f"{state.__name__}: {trouble}" for trouble in troubles(page)]
    assert not found, "\n".join(found)


def test_the_log_in_that_is_refused_is_accessible(demo: list[Team], window: Window) -> None:
    page = window(watched=False)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address or user name").fill("ines")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".errorlist")).to_be_visible()
    assert troubles(page) == []


def test_the_admins_pages_are_accessible(demo: list[Team], window: Window) -> None:
    page = window(User.objects.get(username="ada"), watched=False, reduced_motion="reduce")
    found = []
    addresses = [*ADMIN, f"/admin/lifecycle/stage/{Stage.objects.get(slug='learning').pk}/change/"]
    for address in addresses:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        page.evaluate(OPEN)
        found += [f"{address}: {trouble}" for trouble in troubles(page)]
    assert not found, "\n".join(found)
