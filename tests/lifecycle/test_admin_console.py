"""The operator's console: every kind of job at a glance, and the dead ones with their error and a button."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifecycle import console, jobs
from lifecycle.models import Job
from tests.conftest import People

CONSOLE = "/admin/lifecycle/job/"


@pytest.fixture
def editor(people: People) -> Client:
    Job.objects.all().delete()
    return people.client("admin")


def job(kind: str = "import", key: str = "1", **values: Any) -> Job:
    """A job as it stands after whatever happened to it."""
    return Job.objects.create(kind=kind, key=key, **values)


def row(kind: str) -> console.KindRow:
    (found,) = (each for each in console.kinds() if each.kind == kind)
    return found


def test_jobs_are_counted_by_kind_and_state(editor: Client) -> None:
    lease: dict[str, Any] = {"lease": uuid.uuid4(), "lease_until": timezone.now()}
    for state, attempts in (("queued", 3), ("queued", 0), ("running", 2), ("done", 9), ("dead", 5)):
        more = lease if state == "running" else {}
        job(key=f"{state} {attempts}", state=state, attempts=attempts, **more)
    found = row("import")
    assert (found.queued, found.running, found.done, found.dead, found.attempts) == (2, 1, 1, 1, 3)


def test_the_oldest_queued_is_told_and_a_running_one_is_none(editor: Client) -> None:
    now = timezone.now()
    for key, age in (("1", 10), ("2", 90), ("3", 30)):
        job(key=key, created_at=now - timedelta(minutes=age))
    job(key="4", state="done", created_at=now - timedelta(days=9))
    assert row("import").oldest == now - timedelta(minutes=90)
    assert "1\xa0hour, 30\xa0minutes" in editor.get(CONSOLE).content.decode()


def test_the_last_good_run_is_told_with_its_duration(editor: Client) -> None:
    now = timezone.now()
    job(state="done", started_at=now - timedelta(hours=3), finished_at=now - timedelta(hours=2))
    good = job(state="done", started_at=now - timedelta(seconds=62.5), finished_at=now - timedelta(seconds=60))
    job(state="dead", started_at=now - timedelta(seconds=9), finished_at=now)
    found = row("import")
    assert (found.good_id, found.seconds) == (good.pk, 2.5)
    page = editor.get(CONSOLE).content.decode()
    assert f"run {good.pk}</a>" in page
    assert "2.50 s" in page


def test_a_kind_that_never_ran_is_told_as_well_as_one_without_a_handler(editor: Client) -> None:
    job(kind="of-old")
    assert {"recount", "reconcile", "day_change", "of-old"} <= {each.kind for each in console.kinds()}
    assert (row("reconcile").good_id, row("reconcile").queued) == (None, 0)


def test_a_dead_job_is_shown_with_its_error_until_it_is_asked_for_again(editor: Client, people: People) -> None:
    dead = job(state="dead", error="ValueError: no <luck>", attempts=5)
    page = editor.get(CONSOLE).content.decode()
    assert "ValueError: no &lt;luck&gt;" in page
    files = re.findall(rf'href="({CONSOLE}tables/[^"]+)"', page)
    assert [editor.get(each).status_code for each in files] == [200] * 4
    assert editor.get(f"{CONSOLE}tables/dead.json").json()["rows"][0]["Error"] == "ValueError: no <luck>"
    answer = editor.post(f"{CONSOLE}{dead.pk}/retry/", follow=True)
    assert "is queued again" in answer.content.decode()
    assert Job.objects.filter(kind="import", key="1", state="queued").count() == 1
    assert answer.context["console"].dead == []
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, "Asked for again" in entry.change_message) == (
        people.admin,
        str(dead.pk),
        True,
    )


def test_only_a_dead_job_is_asked_for_again_and_only_by_post(editor: Client) -> None:
    done = job(state="done")
    assert "is not dead" in editor.post(f"{CONSOLE}{done.pk}/retry/", follow=True).content.decode()
    assert editor.get(f"{CONSOLE}{done.pk}/retry/").status_code == 405
    assert editor.post(f"{CONSOLE}999999/retry/").status_code == 404
    assert Job.objects.count() == 1


@pytest.mark.parametrize("who", ["partner", "outsider", "anonymous"])
def test_the_button_is_for_admins(people: People, who: str) -> None:
    dead = job(state="dead")
    answer = people.client(who).post(f"{CONSOLE}{dead.pk}/retry/")
    assert answer.status_code in {302, 403}
    assert people.client(who).get(f"{CONSOLE}tables/dead.csv").status_code in {302, 403}
    assert not Job.objects.filter(kind="import", state="queued").exists()


def test_a_list_of_some_jobs_has_no_console(editor: Client) -> None:
    job(state="dead", error="Broken.")
    page = editor.get(f"{CONSOLE}?state__exact=dead")
    assert "console" not in page.context
    assert "Broken." in page.content.decode()


def test_the_console_costs_the_same_with_one_job_and_with_many(editor: Client) -> None:
    job(state="dead")
    with CaptureQueriesContext(connection) as few:
        editor.get(CONSOLE)
    now = timezone.now()
    for number in range(30):
        job(kind=f"kind-{number}", state="dead", error="x")
        job(kind=f"kind-{number}", key="2", state="done", started_at=now, finished_at=now)
    with CaptureQueriesContext(connection) as many:
        assert editor.get(CONSOLE).status_code == 200
    assert len(many) == len(few)


def test_the_many_dead_are_told_in_number(editor: Client) -> None:
    for number in range(console.SHOWN + 2):
        job(key=str(number), state="dead")
    found = console.console()
    assert (len(found.dead), found.dead_total) == (console.SHOWN, console.SHOWN + 2)
    assert jobs.kinds() == sorted(jobs.kinds())
