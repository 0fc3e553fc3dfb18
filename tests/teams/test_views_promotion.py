"""Asking, deciding, waiving: the forms of the team's page."""

import re
from datetime import timedelta

import pytest

from lifecycle import clock
from teams import milestones, promotion
from teams.models import Confirmation, Promotion, PromotionRequest, Team, Waiver
from tests.conftest import People
from tests.factories import CriterionFactory, MeasurementFactory, MilestoneFactory, StageFactory
from tests.teams.scenes import fresh

#: Growth on the last four weeks.
POINTS = [{"week": f"2026-05-{day}", "value": "4"} for day in (10, 17, 24, 31)]
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
        f"/teams/lantern/promotion-requests/{asked.pk}/decision/",
        {"decision": "promote", "seen_version": version, "reason": "The newcomers stay."},
    )
    assert response.status_code == 303
    open_gate.refresh_from_db()
    assert open_gate.stage.order == 2
    record = partner.get(f"/teams/lantern/history/{Promotion.objects.get().seq}/").content.decode()
    assert "Active contributors" in record
    assert "Activator Muster" in record
    assert "The newcomers stay." in record


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
    response = partner.post(address, {"decision": "decline", "seen_version": 1})
    assert response.status_code == 422
    assert 'href="#promotion"' in response.content.decode(), "the problem leads to its form"
    assert response.context["decision_form"].errors["reason"]
    typed = {"decision": "decline", "seen_version": 1, "reason": "Not this month"}
    assert partner.post(address, typed).status_code == 303
    page = partner.get("/teams/lantern/history/").content.decode()
    assert "Not this month" in page
    assert " declined</a>" in page, "a link ends with its words, or the space after them is underlined"


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
        team=people.team,
        measure="active_growth",
        value=4,
        points=POINTS,
        detail={"baseline": 3},
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
    typed = {"to_stage": people.team.stage_id, "reason": "Too soon", "seen_stage": people.team.stage_id}
    assert partner.post("/teams/lantern/step-backs/", typed).status_code == 422
    typed["to_stage"] = StageFactory.create(order=1).pk
    assert partner.post("/teams/lantern/step-backs/", typed).status_code == 303
    people.team.refresh_from_db()
    assert people.team.stage.order == 1


def test_a_step_back_from_a_screen_of_another_stage_is_a_conflict(people: People) -> None:
    """Somebody promoted the team meanwhile: two stages down is not what the partner meant."""
    first, second = (StageFactory.create(order=order) for order in (1, 2))
    people.team.stage = second
    people.team.save(update_fields=["stage"])
    partner = people.client("partner")
    page = partner.get("/teams/lantern/").content.decode()
    assert f'name="seen_stage" value="{second.pk}"' in page
    people.team.stage = StageFactory.create(order=3)
    people.team.save(update_fields=["stage"])
    typed = {"to_stage": first.pk, "reason": "Too soon", "seen_stage": second.pk}
    response = partner.post("/teams/lantern/step-backs/", typed)
    assert response.status_code == 409
    assert "Too soon" in response.content.decode()
    assert f'name="seen_stage" value="{people.team.stage_id}"' in response.content.decode()
    assert not Promotion.objects.exists()


def test_the_gate_asks_again_only_while_its_numbers_are_behind(people: People) -> None:
    CriterionFactory.create(stage=people.team.stage)
    client = people.client("partner")
    assert 'hx-trigger="every 1s"' in client.get("/teams/lantern/").content.decode()
    assert client.get("/teams/lantern/gate/", headers={"HX-Request": "true"}).status_code == 204
    MeasurementFactory.create(team=people.team)
    body = client.get("/teams/lantern/gate/", headers={"HX-Request": "true"}).content.decode()
    assert 'id="gate"' in body
    assert "every 1s" not in body
    for part in ("lead", "track", "moves", "promotion", "run"):
        assert f'id="{part}"' in body, "what hangs on the gate comes along"
    assert body.count('hx-swap-oob="true"') == 5
    alone = client.get("/teams/lantern/gate/").content.decode()
    assert alone.count("<section") == 1


@pytest.mark.parametrize("who", ["activator", "partner", "admin"])
def test_no_two_fields_of_the_page_share_an_id(people: People, open_gate: Team, who: str) -> None:
    """Or the labels of one form focus the fields of another."""
    people.team.stage = StageFactory.create(order=3)
    CriterionFactory.create(stage=people.team.stage)
    StageFactory.create(order=4)
    people.team.save(update_fields=["stage"])
    client = people.client(who)
    for ask in (False, True):
        if ask:
            promotion.request(fresh(people.team), actor=people.activator)
        body = client.get("/teams/lantern/").content.decode()
        ids = re.findall(r'\sid="([^"]+)"', body)
        assert sorted(each for each in ids if ids.count(each) > 1) == []
        assert ("request_note" in ids) == (not ask and who != "partner")
        assert ("decision_reason" in ids) == (ask and who != "activator")


def test_a_word_on_another_baseline_than_the_gates_is_refused_beside_it(people: People) -> None:
    criteria = [
        CriterionFactory.create(stage=people.team.stage, measure="active_growth", threshold=threshold)
        for threshold in (2, 3)
    ]
    MeasurementFactory.create(
        team=people.team,
        measure="active_growth",
        value=4,
        points=POINTS,
        detail={"baseline": 3},
    )
    typed = {"criterion": criteria[1].pk, "text": "I know them all."}
    for baseline in (2, 99999999999):
        response = people.client("partner").post("/teams/lantern/confirmations/", typed | {"baseline": baseline})
        assert response.status_code == 422
        body = response.content.decode()
        assert body.count("I know them all.") == 1
        assert body.count('<details class="ask small" open>') == 1
        assert "The baseline is not what your page showed any more" in body
    assert not Confirmation.objects.exists()


def test_the_answer_to_a_waiver_is_not_lost(people: People) -> None:
    waivers = [
        Waiver.objects.create(
            team=people.team,
            milestone=MilestoneFactory.create(stage=people.team.stage),
            reason="Later",
            expires_on=clock.today() + timedelta(days=9),
            asked_by=people.activator,
        )
        for _each in range(2)
    ]
    partner, typed = people.client("partner"), {"answer": "My own words"}
    address = f"/teams/lantern/waivers/{waivers[0].pk}/decision/"
    page = partner.get("/teams/lantern/").content.decode()
    assert f'<textarea id="answer-{waivers[0].pk}"' in page, "Enter in a line of text would press Grant"
    response = partner.post(address, typed)
    assert response.status_code == 422
    assert re.findall(r'<textarea id="answer-(\d+)"[^>]*>My own words<', response.content.decode()) == [
        str(waivers[0].pk)
    ]
    assert "was not kept" not in response.content.decode()
    assert partner.post(address, typed | {"decision": "refuse"}).status_code == 303
    late = partner.post(address, typed | {"decision": "refuse"})
    assert late.status_code == 409
    assert "What you wrote was not kept: “My own words”" in late.content.decode()


def test_links_of_a_page_that_a_post_answered_lead_to_the_page(people: People) -> None:
    response = people.client("activator").post("/teams/lantern/promotion-requests/?population=staff")
    assert response.status_code == 422
    assert 'href="?' not in response.content.decode()


def test_a_decision_tells_its_states_in_words(people: People, open_gate: Team) -> None:
    milestone = MilestoneFactory.create(stage=open_gate.stage, text="Plan written")
    CriterionFactory.create(stage=open_gate.stage, measure="core_contributors", strength="informational")
    milestones.record(
        open_gate,
        milestone=milestone,
        actor=people.activator,
        action=milestones.Action.NOT_APPLICABLE,
        seen=0,
        note="No plan needed",
    )
    milestones.record(open_gate, milestone=milestone, actor=people.partner, action=milestones.Action.VERIFY, seen=1)
    asked = promotion.request(fresh(open_gate), actor=people.activator)
    version = fresh(open_gate).data_version
    promotion.promote(asked, actor=people.partner, seen_version=version)
    body = people.client("viewer").get(f"/teams/lantern/history/{Promotion.objects.get().seq}/").content.decode()
    assert "Not applicable" in body
    assert "not_applicable" not in body
    table = "/teams/lantern/tables/decision-milestones.csv"
    assert f'href="{table}?decision=1"' in body
    told = people.client("viewer").get(f"{table}?decision=1").content.decode().replace('"', "").splitlines()[1]
    assert told == f"not applicable,Plan written,,,Partner Muster,{clock.today()}"
