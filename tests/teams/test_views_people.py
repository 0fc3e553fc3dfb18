"""Risks, check-ins, memberships and accounts in the browser."""

from datetime import timedelta

import pytest

from lifecycle import clock
from teams.access import access_to
from teams.models import CheckIn, Membership, Role, TeamRisk
from teams.people_page import page_of
from tests.conftest import People
from tests.factories import MembershipFactory, RiskFactory, TeamRiskFactory

pytestmark = pytest.mark.django_db


def test_a_risk_of_the_catalogue_is_put_on_the_register(people: People) -> None:
    known = RiskFactory.create(stage=people.team.stage, text="Nobody delegates")
    typed = {"risk": known.pk, "text": "", "likelihood": 3, "impact": 3, "owner": people.partner.pk}
    response = people.client("activator").post("/teams/lantern/risks/", typed)
    assert (response.status_code, response["Location"]) == (303, "/teams/lantern/risks/#register")
    assert (TeamRisk.objects.get().text, TeamRisk.objects.get().severity) == ("Nobody delegates", "high")


def test_a_risk_without_words_comes_back(people: People) -> None:
    response = people.client("activator").post(
        "/teams/lantern/risks/", {"likelihood": 1, "impact": 1, "mitigation": "Talk about it"}
    )
    assert response.status_code == 422
    assert "Talk about it" in response.content.decode()


def test_an_owner_from_outside_is_no_choice(people: People) -> None:
    typed = {"text": "Fire", "likelihood": 1, "impact": 1, "owner": people.outsider.pk}
    assert people.client("activator").post("/teams/lantern/risks/", typed).status_code == 422


def test_two_people_change_a_risk_and_both_texts_are_kept(people: People) -> None:
    risk = TeamRiskFactory.create(team=people.team, raised_by=people.activator)
    typed = {"likelihood": 1, "impact": 1, "state": "open", "seen": 1}
    address = f"/teams/lantern/risks/{risk.pk}/"
    for came_from, back in (("?from=register", "/teams/lantern/risks/#register"), ("", "/teams/lantern/#risks")):
        typed["seen"] = TeamRisk.objects.get().version
        response = people.client("activator").post(address + came_from, typed | {"text": "First words"})
        assert (response.status_code, response["Location"]) == (303, back)
    late = people.client("partner").post(address, typed | {"text": "Second words"})
    assert late.status_code == 409
    body = late.content.decode()
    assert "First words" in body
    assert "Second words" in body
    assert people.client("outsider").get(f"/teams/elsewhere/risks/{risk.pk}/").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("outsider", 404), ("anonymous", 302)])
@pytest.mark.parametrize("address", ["risks/", "check-ins/", "waivers/", "step-backs/", "confirmations/", "people/"])
def test_nobody_else_writes(people: People, who: str, status: int, address: str) -> None:
    assert people.client(who).post(f"/teams/lantern/{address}", {}).status_code == status


def test_a_check_in_is_recorded_but_not_one_to_come(people: People) -> None:
    client = people.client("partner")
    to_come = {"held_on": (clock.today() + timedelta(days=1)).isoformat(), "note": "We will talk"}
    response = client.post("/teams/lantern/check-ins/", to_come)
    assert response.status_code == 422
    assert "We will talk" in response.content.decode()
    kept = {"held_on": clock.today().isoformat(), "note": "We talked"}
    assert client.post("/teams/lantern/check-ins/", kept).status_code == 303
    assert CheckIn.objects.get().note == "We talked"


def test_nobody_answers_for_another(people: People) -> None:
    waiting = MembershipFactory.create(team=people.team, user__username="someone", accepted_at=None)
    response = people.client("admin").post(f"/account/memberships/{waiting.pk}/answer/", {"answer": "accept"})
    assert response.status_code == 404


def test_before_a_role_is_ended_it_is_said_whether_anybody_else_holds_it(people: People) -> None:
    MembershipFactory.create(team=people.team, role=Role.ACTIVATOR)
    seen = page_of(people.team, access_to(people.admin, people.team))
    assert {row.membership.role: row.is_alone for row in seen.members} == {
        Role.ACTIVATOR: False,
        Role.PARTNER: True,
        Role.VIEWER: False,
    }


def test_one_may_give_up_ones_own_role(people: People) -> None:
    own = Membership.objects.get(user=people.activator)
    assert people.client("activator").post(f"/teams/lantern/people/{own.pk}/end/").status_code == 303
    assert people.client("activator").get("/teams/lantern/").status_code == 404
    other = Membership.objects.get(user=people.partner)
    assert people.client("viewer").post(f"/teams/lantern/people/{other.pk}/end/").status_code == 403
