"""What a browser keeps of the portfolio is asked for again, and goes with the log-out."""

import re

import pytest
from playwright.sync_api import expect

from teams.models import Role
from tests.browser.conftest import Window
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_back_after_a_log_out_shows_no_ones_teams(window: Window) -> None:
    user = UserFactory.create(username="ines")
    MembershipFactory.create(team__slug="lantern", team__name="Lantern", user=user, role=Role.PARTNER)
    page = window(user)
    page.goto("/")
    expect(page.get_by_role("link", name="Lantern", exact=True)).to_be_visible()
    page.goto("/account/")
    page.locator("summary", has_text=str(user)).click()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    for _ in range(4):
        if not page.evaluate("history.length > 1"):
            break
        page.go_back()
        assert page.get_by_text("Lantern").count() == 0
