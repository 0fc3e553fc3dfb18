"""Ticking in place: one answer carries the row, the gate and the track; a stale screen loses nothing."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from teams.models import MilestoneEvent
from tests.conftest import People
from tests.factories import MilestoneFactory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def tick(
    client: Client, pk: int, action: str, seen: int = 0, *, note: str = "", headers: dict[str, str] | None = None
) -> "_MonkeyPatchedWSGIResponse":
    """The answer to one click."""
    typed = {"action": action, "seen": seen, "note": note}
    return client.post(f"/teams/lantern/milestones/{pk}/events/", typed, headers=headers)


@pytest.fixture
def milestone_pk(people: People) -> int:
    return int(MilestoneFactory.create(stage=people.team.stage, needs_verification=True, text="Plan written").pk)


def test_a_tick_answers_with_its_row_and_what_hangs_on_it(people: People, milestone_pk: int) -> None:
    body = tick(people.client("activator"), milestone_pk, "done", headers=HTMX).content.decode()
    assert body.strip().startswith(f'<li id="milestone-{milestone_pk}"'), "a list row first, or the parser drops it"
    for part in ("gate", "track", "lead", "moves", "tally"):
        assert f'id="{part}"' in body
    assert body.count('hx-swap-oob="true"') >= 5
    assert "waits for a partner" in body


def test_without_script_the_same_post_redirects_to_the_row(people: People, milestone_pk: int) -> None:
    response = tick(people.client("activator"), milestone_pk, "done")
    assert (response.status_code, response["Location"]) == (303, f"/teams/lantern/#milestone-{milestone_pk}")


def test_a_stale_screen_gets_the_fresh_row_and_keeps_its_text(people: People, milestone_pk: int) -> None:
    tick(people.client("activator"), milestone_pk, "start")
    for headers in (HTMX, None):
        late = tick(people.client("partner"), milestone_pk, "note", note="My own words", headers=headers)
        assert late.status_code == 409
        body = late.content.decode()
        assert "My own words" in body
        assert "In progress" in body
    assert MilestoneEvent.objects.count() == 1


def test_a_rule_answers_with_words_and_422(people: People, milestone_pk: int) -> None:
    for headers in (HTMX, None):
        response = tick(people.client("activator"), milestone_pk, "not_applicable", headers=headers)
        assert response.status_code == 422
        assert "why it does not apply" in response.content.decode()
    assert tick(people.client("activator"), milestone_pk, "nonsense").status_code == 422


def test_a_partner_verifies_what_somebody_else_did(people: People, milestone_pk: int) -> None:
    tick(people.client("activator"), milestone_pk, "done")
    body = tick(people.client("partner"), milestone_pk, "verify", seen=1, headers=HTMX).content.decode()
    assert "Verified" in body


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("outsider", 404), ("anonymous", 302)])
def test_nobody_else_ticks(people: People, milestone_pk: int, who: str, status: int) -> None:
    assert tick(people.client(who), milestone_pk, "done").status_code == status
    assert not MilestoneEvent.objects.exists()


def test_buttons_are_only_those_that_make_sense_for_the_reader(people: People, milestone_pk: int) -> None:
    assert f"milestone-{milestone_pk}-done" in people.client("activator").get("/teams/lantern/").content.decode()
    assert f"/milestones/{milestone_pk}/events/" not in people.client("viewer").get("/teams/lantern/").content.decode()


def test_the_csrf_token_is_asked_for(people: People, milestone_pk: int) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.activator, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert tick(client, milestone_pk, "done").status_code == 403


def test_a_milestone_of_a_later_stage_is_not_there(people: People) -> None:
    later = MilestoneFactory.create(stage__order=2)
    assert tick(people.client("activator"), later.pk, "done").status_code == 404
