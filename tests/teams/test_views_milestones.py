"""Ticking in place: one answer carries the row, the gate and the track; a stale screen loses nothing."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from lifecycle.models import Milestone
from teams import promotion
from teams.models import MilestoneEvent
from tests.conftest import People
from tests.factories import MilestoneFactory, StageFactory
from tests.teams.scenes import fresh

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
    client.force_login(people.activator)
    assert tick(client, milestone_pk, "done").status_code == 403


@pytest.mark.parametrize("is_retired", [True, False])
def test_a_screen_with_a_milestone_that_left_the_page_gets_the_page_and_its_text(
    people: People, milestone_pk: int, is_retired: bool
) -> None:
    stage = people.team.stage if is_retired else StageFactory.create(order=2)
    Milestone.objects.filter(pk=milestone_pk).update(stage=stage, retired=is_retired)
    address = f"/teams/lantern/milestones/{milestone_pk}/"
    for headers in (HTMX, None):
        client = people.client("activator")
        answers = [tick(client, milestone_pk, "done", note="My own words", headers=headers)]
        answers.append(client.post(f"{address}comments/", {"text": "My own words"}, headers=headers))
        for answer in answers:
            assert (answer.status_code, answer["HX-Retarget"]) == (409, "body")
            body = answer.content.decode()
            assert "My own words" in body
            assert 'id="gate"' in body
            assert f'id="milestone-{milestone_pk}"' not in body
    assert not MilestoneEvent.objects.exists()


def test_a_tick_brings_the_forms_of_the_promotion_along(people: People, milestone_pk: int) -> None:
    """The section is swapped whole: without its fields nobody could ask or decide until they load the page again."""
    StageFactory.create(order=2)
    MilestoneFactory.create(stage=people.team.stage)
    body = tick(people.client("activator"), milestone_pk, "start", headers=HTMX).content.decode()
    assert 'name="condition"' in body
    assert 'name="expires_on"' in body
    Milestone.objects.exclude(pk=milestone_pk).update(retired=True)
    tick(people.client("activator"), milestone_pk, "done", seen=1)
    body = tick(people.client("partner"), milestone_pk, "verify", seen=2, headers=HTMX).content.decode()
    assert 'id="promotion"' in body
    body = tick(people.client("activator"), milestone_pk, "note", seen=3, note="x", headers=HTMX).content.decode()
    assert 'id="request_note"' in body
    promotion.request(fresh(people.team), actor=people.activator)
    body = tick(people.client("partner"), milestone_pk, "note", seen=4, note="y", headers=HTMX).content.decode()
    assert 'id="decision_reason"' in body


def test_a_form_that_is_not_whole_keeps_what_was_typed_and_says_which_field(people: People, milestone_pk: int) -> None:
    address = f"/teams/lantern/milestones/{milestone_pk}/events/"
    typed = {"action": "note", "seen": 0, "note": "Long thought words", "link": "https://a.example/" + "x" * 500}
    for headers in (HTMX, None):
        response = people.client("activator").post(address, typed, headers=headers)
        assert response.status_code == 422
        body = response.content.decode()
        assert "Long thought words" in body
        assert "Link: Ensure this value has at most 500 characters" in body


def test_new_lines_count_once_as_in_the_browser(people: People, milestone_pk: int) -> None:
    note = "\r\n".join(["x"] * 2000)
    assert tick(people.client("activator"), milestone_pk, "note", note=note).status_code == 303
    assert len(MilestoneEvent.objects.get().note) == 3999


def test_a_tick_keeps_only_what_is_missing(people: People, milestone_pk: int) -> None:
    client = people.client("activator")
    kept = f"/teams/lantern/milestones/{milestone_pk}/events/?show=missing"
    assert f'hx-post="{kept}"' in client.get("/teams/lantern/?show=missing").content.decode()
    answer = client.post(kept, {"action": "start", "seen": 0}, headers=HTMX)
    assert answer.context["only_missing"]
    assert f'hx-post="{kept}"' in answer.content.decode()
    response = client.post(kept, {"action": "undo", "seen": 1})
    assert response["Location"] == f"/teams/lantern/?show=missing#milestone-{milestone_pk}"


def test_enter_in_a_field_of_a_milestone_ticks_nothing(people: People, milestone_pk: int) -> None:
    """A browser presses the first button of the form."""
    body = people.client("activator").get("/teams/lantern/").content.decode()
    form = body.split(f'hx-post="/teams/lantern/milestones/{milestone_pk}/events/"')[1].split("</form>")[0]
    assert 'value="note"' in form.split("<button")[1].split(">")[0]
