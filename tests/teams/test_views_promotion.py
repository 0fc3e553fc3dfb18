"""Asking, deciding, waiving: the forms of the team's page."""

from datetime import timedelta

import pytest

from lifecycle import clock
from teams.models import Confirmation, Promotion, PromotionRequest, Team, Waiver
from tests.conftest import People
from tests.factories import CriterionFactory, MeasurementFactory, MilestoneFactory, StageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_gate(people: People) -> Team:
    """A team whose only condition is met, with a stage to go to."""
    StageFactory.create(order=2)
    CriterionFactory.create(stage=people.team.stage)
    MeasurementFactory.create(team=people.team)
    return people.team


def test_activator_asks_partner_promotes_and_the_record_shows_it(people: People, open_gate: Team) -> None:
    activator, partner = people.client("activator"), people.client("partner")
    response = activator.post("/teams/lantern/promotion-requests/", {"note": "We are ready"})
    assert response.status_code == 303
    asked = PromotionRequest.objects.get()
    page = partner.get("/teams/lantern/")
    assert "We are ready" in page.content.decode()
    version = page.context["dashboard"].verdict.data_version
    response = partner.post(
        f"/teams/lantern/promotion-requests/{asked.pk}/decision/", {"decision": "promote", "seen_version": version}
    )
    assert response.status_code == 303
    open_gate.refresh_from_db()
    assert open_gate.stage.order == 2
    record = partner.get(f"/teams/lantern/history/{Promotion.objects.get().seq}/").content.decode()
    assert "Active contributors" in record
    assert "Activator Muster" in record


def test_a_decision_from_a_stale_page_is_a_conflict(people: People, open_gate: Team) -> None:
    people.client("activator").post("/teams/lantern/promotion-requests/")
    asked = PromotionRequest.objects.get()
    response = people.client("partner").post(
        f"/teams/lantern/promotion-requests/{asked.pk}/decision/", {"decision": "promote", "seen_version": 0}
    )
    assert response.status_code == 409
    assert not Promotion.objects.exists()


def test_declining_wants_a_reason_and_keeps_the_page(people: People, open_gate: Team) -> None:
    people.client("activator").post("/teams/lantern/promotion-requests/")
    address = f"/teams/lantern/promotion-requests/{PromotionRequest.objects.get().pk}/decision/"
    partner = people.client("partner")
    assert partner.post(address, {"decision": "decline", "seen_version": 1}).status_code == 422
    typed = {"decision": "decline", "seen_version": 1, "reason": "Not this month"}
    assert partner.post(address, typed).status_code == 303
    assert "Not this month" in partner.get("/teams/lantern/history/").content.decode()


def test_asking_through_a_closed_gate_says_no(people: People) -> None:
    StageFactory.create(order=2)
    MilestoneFactory.create(stage=people.team.stage)
    response = people.client("activator").post("/teams/lantern/promotion-requests/", {"note": "Please"})
    assert response.status_code == 422
    assert "The gate is not open" in response.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("viewer", 403), ("activator", 403), ("outsider", 404), ("anonymous", 302)]
)
def test_only_a_partner_decides(people: People, open_gate: Team, who: str, status: int) -> None:
    people.client("activator").post("/teams/lantern/promotion-requests/")
    asked = PromotionRequest.objects.get()
    address = f"/teams/lantern/promotion-requests/{asked.pk}/decision/"
    assert people.client(who).post(address, {"decision": "promote", "seen_version": 1}).status_code == status
    assert not Promotion.objects.exists()


def test_a_request_of_another_team_is_not_there(people: People, open_gate: Team) -> None:
    people.client("activator").post("/teams/lantern/promotion-requests/")
    asked = PromotionRequest.objects.get()
    assert (
        people.client("outsider").post(f"/teams/elsewhere/promotion-requests/{asked.pk}/withdrawal/").status_code == 404
    )
    assert (
        people.client("activator").post(f"/teams/lantern/promotion-requests/{asked.pk}/withdrawal/").status_code == 303
    )


def test_a_waiver_is_asked_for_and_granted_on_the_page(people: People) -> None:
    milestone = MilestoneFactory.create(stage=people.team.stage)
    until = (clock.today() + timedelta(days=9)).isoformat()
    typed = {"condition": f"milestone-{milestone.pk}", "reason": "After the summer", "expires_on": until}
    activator, partner = people.client("activator"), people.client("partner")
    assert activator.post("/teams/lantern/waivers/", typed).status_code == 303
    waiver = Waiver.objects.get()
    assert activator.post(f"/teams/lantern/waivers/{waiver.pk}/decision/", {"decision": "grant"}).status_code == 403
    assert partner.post(f"/teams/lantern/waivers/{waiver.pk}/decision/", {"decision": "refuse"}).status_code == 422
    assert partner.post(f"/teams/lantern/waivers/{waiver.pk}/decision/", {"decision": "grant"}).status_code == 303
    assert "Waived" in partner.get("/teams/lantern/").content.decode()


def test_a_waiver_form_with_errors_comes_back_open_with_its_text(people: People) -> None:
    MilestoneFactory.create(stage=people.team.stage)
    response = people.client("activator").post("/teams/lantern/waivers/", {"reason": "Long thought words"})
    assert response.status_code == 422
    assert "Long thought words" in response.content.decode()


def test_a_partner_confirms_a_small_baseline(people: People) -> None:
    criterion = CriterionFactory.create(stage=people.team.stage, measure="active_growth", threshold=2)
    MeasurementFactory.create(
        team=people.team, measure="active_growth", value=4, points=["4", "4", "4", "4"], detail={"baseline": 3}
    )
    partner = people.client("partner")
    assert "Confirm the baseline" in partner.get("/teams/lantern/").content.decode()
    typed = {"criterion": criterion.pk, "baseline": 3, "text": "I know the three."}
    assert partner.post("/teams/lantern/confirmations/", typed).status_code == 303
    assert Confirmation.objects.get().baseline == 3


def test_stepping_back_wants_an_earlier_stage(people: People) -> None:
    people.team.stage = StageFactory.create(order=2)
    people.team.save(update_fields=["stage"])
    partner = people.client("partner")
    typed = {"to_stage": people.team.stage_id, "reason": "Too soon"}
    assert partner.post("/teams/lantern/step-backs/", typed).status_code == 422
    typed["to_stage"] = StageFactory.create(order=1).pk
    assert partner.post("/teams/lantern/step-backs/", typed).status_code == 303
    people.team.refresh_from_db()
    assert people.team.stage.order == 1


def test_the_gate_asks_again_only_while_its_numbers_are_behind(people: People) -> None:
    CriterionFactory.create(stage=people.team.stage)
    client = people.client("partner")
    assert 'hx-trigger="every 1s"' in client.get("/teams/lantern/").content.decode()
    assert client.get("/teams/lantern/gate/", headers={"HX-Request": "true"}).status_code == 204
    MeasurementFactory.create(team=people.team)
    body = client.get("/teams/lantern/gate/", headers={"HX-Request": "true"}).content.decode()
    assert 'id="gate"' in body
    assert "every 1s" not in body
