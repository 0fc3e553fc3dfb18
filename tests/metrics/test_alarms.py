"""Differences on the operator's console: both values, who has seen them, and a rebuild that somebody asks for."""

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lifecycle import jobs
from lifecycle.models import Job
from metrics import rounds
from metrics.models import Drift
from teams.models import Measurement, Team
from tests.conftest import People
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db
CONSOLE, LIST = "/admin/lifecycle/job/", "/admin/metrics/drift/"


@pytest.fixture
def editor(people: People) -> Client:
    return people.client("admin")


@pytest.fixture
def drift(people: People, clock: time_machine.Traveller) -> Drift:
    """An alert of Lantern's: 12 leaders are stored, and there are none."""
    jobs.drain()
    return wrong(people.team)


def wrong(team: Team, measure: str = "leaders") -> Drift:
    Measurement.objects.filter(team=team, measure=measure).update(value=12)
    rounds.compare(team.pk)
    return Drift.objects.get(team=team, key=measure)


def told(editor: Client) -> str:
    return editor.get(CONSOLE).content.decode()


def test_an_alert_stands_on_the_console_with_both_values(editor: Client, drift: Drift) -> None:
    page = told(editor)
    (row,) = editor.get(f"{CONSOLE}tables/differences.json").json()["rows"]
    assert (row["Team"], row["Row"]) == ("Lantern", "leaders")
    assert f'href="{CONSOLE}tables/differences.csv"' in page
    assert "1 stored row is not what the raw facts give" in page
    assert "value 12.0000" in page
    assert "value 0.0000" in page
    assert "Not compared for a week, or never: Elsewhere." in " ".join(page.split())
    assert "1 stored number is not that of the facts" in editor.get("/admin/").content.decode()


def test_a_healthy_organisation_is_told_as_such(editor: Client, clock: time_machine.Traveller) -> None:
    jobs.drain()
    assert "In the last week no team was compared" in told(editor)
    for team in Team.objects.all():
        rounds.compare(team.pk)
    page = told(editor)
    assert "No difference that nobody has looked at" in page
    assert "In the last week, 2 teams were compared" in page
    assert "Not compared" not in page


def test_somebody_acknowledges_and_nothing_is_mended(editor: Client, people: People, drift: Drift) -> None:
    page = editor.post(f"{LIST}{drift.pk}/acknowledge/", follow=True).content.decode()
    assert "It stays as it is" in page
    assert "1 acknowledged difference still stands" in page
    drift.refresh_from_db()
    assert (drift.acknowledged_by, drift.gone_at) == (people.admin, None)
    assert Measurement.objects.get(team=people.team, measure="leaders").value == 12
    assert LogEntry.objects.get().user == people.admin
    again = editor.post(f"{LIST}{drift.pk}/acknowledge/", follow=True).content.decode()
    assert "acknowledged before, or gone" in again
    assert LogEntry.objects.count() == 1


def test_somebody_asks_for_a_rebuild_which_is_logged_and_mends(editor: Client, people: People, drift: Drift) -> None:
    page = editor.post(f"{LIST}{drift.pk}/rebuild/", follow=True).content.decode()
    run = Job.objects.get(kind="rebuild").pk
    assert f"Asked for a rebuild of Lantern: run {run}." in page
    entry = LogEntry.objects.get()
    assert (entry.user, f"run {run}" in entry.change_message) == (people.admin, True)
    jobs.drain()
    assert Measurement.objects.get(team=people.team, measure="leaders").value == 0
    assert "No difference that nobody has looked at" in told(editor)
    drift.refresh_from_db()
    assert (drift.stored, drift.derived) == ("value 12.0000", "value 0.0000")


@pytest.mark.parametrize("verb", ["acknowledge", "rebuild"])
def test_the_buttons_are_for_admins_and_take_a_post(editor: Client, people: People, drift: Drift, verb: str) -> None:
    address = f"{LIST}{drift.pk}/{verb}/"
    assert editor.get(address).status_code == 405
    assert editor.post(f"{LIST}999999/{verb}/").status_code == 404
    for who in ("partner", "outsider", "anonymous"):
        assert people.client(who).post(address).status_code in {302, 403}
    drift.refresh_from_db()
    assert drift.acknowledged_at is None
    assert not Job.objects.filter(kind="rebuild").exists()


def test_the_list_answers_several_at_once_and_a_team_is_rebuilt_once(
    editor: Client, people: People, drift: Drift
) -> None:
    other = wrong(people.team, "mentors")
    chosen = {"_selected_action": [str(drift.pk), str(other.pk)]}
    editor.post(LIST, {"action": "acknowledge", **chosen})
    assert not Drift.objects.alarming().exists()
    editor.post(LIST, {"action": "rebuild", **chosen})
    assert Job.objects.filter(kind="rebuild").count() == 1
    page = editor.get(f"{LIST}?gone_at__isempty=1&acknowledged_at__isempty=0").content.decode()
    assert "mentors" in page


def test_alerts_are_kept_as_they_were_found(editor: Client, drift: Drift) -> None:
    assert editor.get(f"{LIST}{drift.pk}/change/").status_code == 200
    assert editor.post(f"{LIST}{drift.pk}/change/", {"stored": "0"}).status_code == 403
    assert editor.post(f"{LIST}{drift.pk}/delete/", {"post": "yes"}).status_code == 403
    assert editor.get(f"{LIST}add/").status_code == 403


def test_the_panel_costs_the_same_with_one_alert_and_with_many(editor: Client, people: People, drift: Drift) -> None:
    with CaptureQueriesContext(connection) as few:
        told(editor)
    for _ in range(5):
        TeamFactory.create()
    jobs.drain()
    for team in Team.objects.exclude(pk=people.team.pk):
        wrong(team)
    assert Drift.objects.alarming().count() == 7
    with CaptureQueriesContext(connection) as many:
        told(editor)
    assert len(many) == len(few)
