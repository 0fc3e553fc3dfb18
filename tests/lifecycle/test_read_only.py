"""Read only: everything is read, nothing is written, and whoever sends something is told so and keeps the words."""

from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from lifecycle import jobs, read_only
from lifecycle.management.commands.dispatch import ring
from lifecycle.models import Job
from lifecycle.tasks import periodic, run_job
from metrics.models import Token
from teams import glances
from teams.models import Team
from tests.api import get, post, token_for
from tests.conftest import People

pytestmark = pytest.mark.django_db
ADDRESSES = ["", "people/", "history/", "risks/", "numbers/", "data/", "contributors/", "pathways/", "case-study/"]


@pytest.fixture
def be_read_only() -> Iterator[Callable[[], None]]:
    """From a call on, the session is as one that begins while the switch is on."""

    def switch() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL default_transaction_read_only = on; SET LOCAL transaction_read_only = on")
        with pytest.raises(DatabaseError, match="read-only"), transaction.atomic():
            Team.objects.update(about="")

    with transaction.atomic():
        yield switch
        transaction.set_rollback(True)


@pytest.fixture
def client(people: People) -> Client:
    """Somebody who logged in before."""
    return people.client("activator")


def test_pages_stay_and_say_so(people: People, client: Client, be_read_only: Callable[[], None]) -> None:
    token = token_for(people.activator, people.team, Token.Scope.READ)
    glances.refresh([people.team.pk])
    Team.objects.update(glance_version=10**17)  # what is kept is behind, and cannot be made anew
    be_read_only()
    for address in ["/", "/lifecycle/", "/account/", *(f"/teams/lantern/{each}" for each in ADDRESSES)]:
        page = client.get(address)
        assert (page.status_code, b"nothing can be changed" in page.content) == (200, True), address
    assert "Lantern" in client.get("/").content.decode()
    assert get(token, "team").status_code == 200


def test_whoever_sends_something_keeps_the_words(client: Client, be_read_only: Callable[[], None]) -> None:
    be_read_only()
    response = client.post("/teams/lantern/check-ins/", {"note": "We met, and all is well."})
    assert (response.status_code, response["Retry-After"]) == (503, read_only.LATER)
    assert "We met, and all is well." in response.content.decode()
    secret = {"login": "activator", "password": "two words"}
    assert "two words" not in Client().post("/accounts/login/", secret).content.decode()
    assert post("any", []).status_code == 503


def test_a_page_that_has_to_write_says_why_it_waits(
    client: Client, monkeypatch: pytest.MonkeyPatch, be_read_only: Callable[[], None]
) -> None:
    client.raise_request_exception = False
    be_read_only()
    monkeypatch.setattr(read_only, "is_on", lambda: False)  # as a session that learns it only by being refused
    response = client.get("/")
    assert (response.status_code, "Retry-After" in response) == (503, True)
    assert "looked after" in response.content.decode()


def test_jobs_wait(people: People, be_read_only: Callable[[], None]) -> None:
    asked = jobs.ask("glance", str(people.team.pk))
    be_read_only()
    assert ring() == 0
    run_job(asked)
    periodic()
    assert Job.objects.get(pk=asked).state == Job.State.QUEUED


def test_readyz_goes_on_being_ready(client: Client, be_read_only: Callable[[], None]) -> None:
    be_read_only()
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"degraded: read-only\n")


def test_the_switch_is_the_databases_own_and_for_this_database_alone() -> None:
    def settings() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase"
                " WHERE d.datname = current_database()"
            )
            return [setting for (setting,) in cursor.fetchall()]

    call_command("read_only", "on", stdout=StringIO())
    assert settings() == ["default_transaction_read_only=on"]
    call_command("read_only", "off", stdout=StringIO())
    assert settings() == []
