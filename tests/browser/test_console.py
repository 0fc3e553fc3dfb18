"""The operator's console in a real browser: accessible on both sheets and widths, and its buttons work."""

import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from playwright.sync_api import expect

from lifecycle import jobs
from lifecycle.models import Job
from metrics import rounds
from metrics.models import Drift
from teams.models import Measurement, User
from tests.browser.conftest import Window
from tests.browser.test_pages import SHEETS, look
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
CONSOLE = "/admin/lifecycle/job/"


@pytest.fixture
def ada(transactional_db: None) -> User:
    """An admin, whose console has two alerts and a dead job."""
    for name in ("Lantern", "A team whose name is far longer than the column that it has to stand in"):
        TeamFactory.create(name=name)
    jobs.drain()
    for measurement in Measurement.objects.filter(measure="leaders"):
        Measurement.objects.filter(pk=measurement.pk).update(value=12)
        rounds.compare(measurement.team_id, run_id=measurement.job)
    Job.objects.create(kind="import", key="7", state="dead", attempts=5, error="ValueError: " + "no luck " * 30)
    ada: User = UserFactory.create(username="ada", is_staff=True, is_superuser=True)
    return ada


def test_the_console_is_accessible_on_both_sheets(ada: User, window: Window) -> None:
    told = [{"changed": {"fields": ["Threshold"]}}, {"values": [["criterion “More”", "Threshold", "25", "30"]]}]
    edit = LogEntry.objects.create(user=ada, object_repr="Learning", action_flag=2, change_message=json.dumps(told))
    trail = "/admin/admin/logentry/"
    for width, scheme in SHEETS:
        page = window(ada, width=width, scheme=scheme, watched=False)
        for address in (CONSOLE, "/admin/metrics/drift/", trail, f"{trail}{edit.pk}/change/"):
            response = page.goto(address)
            assert response is not None
            assert response.status == 200, address
            assert not look(page), (address, width, scheme)


def test_alert_and_dead_job_are_answered_by_their_buttons(ada: User, window: Window) -> None:
    page = window(ada)
    page.goto(CONSOLE)
    page.get_by_role("button", name=re.compile(r"^Acknowledge\s*: Lantern")).click()
    expect(page.locator(".messagelist")).to_contain_text("Acknowledged: Lantern: leaders")
    page.get_by_role("button", name=re.compile(r"^Try again\s*: import 7")).click()
    expect(page.locator(".messagelist")).to_contain_text("“import 7” is queued again")
    expect(page.locator("#drift")).to_contain_text("1 acknowledged difference still stands")
    assert Drift.objects.alarming().count() == 1
    assert Job.objects.filter(kind="import", state="queued").exists()
