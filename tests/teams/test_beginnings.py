"""Whoever or whatever is new here: the first three things, each struck off by what was done."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from lifecycle.models import Stage
from teams import introductions, milestones
from teams.models import Role, Team, User
from tests.conftest import People
from tests.factories import (
    CheckInFactory,
    MembershipFactory,
    MilestoneFactory,
    PathwayFactory,
    StageFactory,
    TeamFactory,
    TeamRiskFactory,
    UserFactory,
)
from tests.weeks import week

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, address: str = "/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def struck(text: str) -> int:
    return text.count("<s>")


def test_an_admin_of_an_empty_organisation_is_led_through_three_things() -> None:
    client = client_of(UserFactory.create(is_staff=True, is_superuser=True))
    assert "load_lifecycle" in page(client), "no stage yet"
    stage = StageFactory.create()
    text = page(client)
    assert "load_lifecycle" not in text
    assert "The first three things" in text
    assert struck(text) == 0
    assert 'href="/admin/teams/team/add/"' in text
    told = {
        "name": "Kite",
        "slug": "kite",
        "about": "",
        "stage": stage.pk,
        "entered_on": "2026-01-01",
        "state": "active",
    }
    response = client.post("/admin/teams/team/add/", told)
    assert (response.status_code, response["Location"]) == (302, "/teams/kite/")
    assert struck(page(client)) == 1
    assert 'href="/teams/kite/people/?role=partner#invite-h"' in page(client)
    for number, role in ((2, "partner"), (None, "activator")):
        told = {"email": f"{role}@people.example", "role": role}
        assert f'value="{role}" selected' in page(client, "/teams/kite/people/"), "the role that is lacking"
        assert client.post("/teams/kite/people/", told).status_code == 303
        if number:
            assert struck(page(client)) == number
    assert "The first three things" not in page(client), "it goes by itself"


def test_an_admin_makes_a_team_from_the_landing_page_in_one_click(people: People) -> None:
    assert 'href="/admin/teams/team/add/"' in page(people.client("admin"))
    assert "/admin/teams/team/add/" not in page(people.client("partner"))
    assert "The first three things" not in page(people.client("admin"))


def test_a_new_team_shows_three_things_instead_of_empty_boxes() -> None:
    team = TeamFactory.create()
    partner = MembershipFactory.create(team=team, role=Role.PARTNER).user
    client = client_of(partner)
    text = page(client, team.get_absolute_url())
    assert "Nobody is counted in this team yet" in text
    assert struck(text) == 0
    assert 'id="people-h"' not in text
    assert 'id="pathways-h"' not in text
    MembershipFactory.create(team=team, role=Role.ACTIVATOR)
    assert struck(page(client, team.get_absolute_url())) == 1
    PathwayFactory.create(team=team)
    assert struck(page(client, team.get_absolute_url())) == 2
    week(team, date(2026, 6, 14), active=1)
    text = page(client, team.get_absolute_url())
    assert "Nobody is counted in this team yet" not in text
    assert 'id="people-h"' in text


def test_a_retired_team_has_nothing_to_begin(people: People) -> None:
    Team.objects.update(state=Team.State.RETIRED)
    assert "Nobody is counted in this team yet" not in page(people.client("admin"), "/teams/lantern/")


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("activator", "You are an activator of Lantern"),
        ("partner", "You are a CBT partner of Lantern"),
        ("viewer", "You read Lantern"),
    ],
)
def test_a_first_visit_is_put_away_for_good(people: People, who: str, words: str) -> None:
    client = people.client(who)
    first = client.get("/")
    assert words in first.content.decode()
    for _twice in range(2):
        response = client.post(f"/account/introductions/{who}/end/")
        assert (response.status_code, response["Location"]) == (303, "/")
    assert client.get("/", headers={"if-none-match": first["ETag"]}).status_code == 200, "the page has changed"
    assert words not in page(client)
    assert words not in page(people.client(who)), "nor after the next log-in"
    assert User.objects.get(username=who).introduced == [who]


def test_an_activators_things_are_struck_off_by_what_was_done(people: People) -> None:
    milestone = MilestoneFactory.create(stage=Stage.objects.get(pk=people.team.stage_id))
    client = people.client("activator")
    assert struck(page(client)) == 0
    milestones.record(people.team, milestone=milestone, actor=people.activator, action=milestones.Action.DONE, seen=0)
    assert struck(page(client)) == 1
    week(people.team, date(2026, 6, 14), active=1)
    assert struck(page(client)) == 2
    CheckInFactory.create(team=people.team)
    assert "You are an activator" not in page(client), "it goes by itself"
    assert introductions.of_reader(people.activator) == []


def test_a_partners_things_are_the_partners_own(people: People) -> None:
    CheckInFactory.create(team=people.team)
    TeamRiskFactory.create(team=people.team)
    assert struck(page(people.client("partner"))) == 1
    CheckInFactory.create(team=people.team, by=people.partner)
    assert struck(page(people.client("partner"))) == 2


def test_several_teams_are_told_by_the_latest(people: People) -> None:
    MembershipFactory.create(user=people.partner, role=Role.PARTNER, team__name="Kite", starts_on=date(2025, 1, 1))
    assert "You are a CBT partner of Kite and 1 other team" in page(people.client("partner"))


def test_who_has_no_team_yet_is_led_to_what_waits(people: People) -> None:
    client = client_of(newcomer := UserFactory.create())
    first = client.get("/")
    assert "No team yet" in first.content.decode()
    MembershipFactory.create(team=people.team, user=newcomer, accepted_at=None)
    again = client.get("/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200, "an invitation is news"
    assert "<strong>Lantern</strong> asks you to be its activator" in again.content.decode()


def test_only_roles_are_introduced(people: People) -> None:
    assert people.client("viewer").post("/account/introductions/king/end/").status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=people.viewer.pk).update(introduced=["king"])
