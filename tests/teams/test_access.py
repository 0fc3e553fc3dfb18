from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory

from lifecycle import clock
from teams.access import access_to, team_for
from teams.models import Membership, Role, Team
from tests.conftest import People
from tests.factories import MembershipFactory, UserFactory

READ = {"can_read", "can_write"}
BOTH = {"can_note", "can_edit_risks", "can_check_in"}
WORK = {
    "can_tick",
    "can_request",
    "can_ask_waiver",
    "can_run_pathways",
    "can_edit_contributors",
    "can_import",
    "works",
}
GUIDE = {"can_verify", "can_decide", "can_step_back", "can_grant_waiver", "can_confirm", "guides"}


def rights(access: object) -> set[str]:
    return {name for name in READ | BOTH | WORK | GUIDE if getattr(access, name)}


def ask(user: object, slug: str = "lantern", *roles: Role) -> Team:
    request = RequestFactory().get("/")
    request.user = user  # type: ignore[assignment]
    return team_for(request, slug, *roles)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("viewer", READ),
        ("activator", READ | BOTH | WORK),
        ("partner", READ | BOTH | GUIDE),
        ("outsider", set()),
        ("admin", READ | BOTH | WORK | GUIDE),
    ],
)
def test_each_role_has_its_rights_and_no_other(people: People, name: str, expected: set[str]) -> None:
    assert rights(access_to(getattr(people, name), people.team)) == expected


@pytest.mark.parametrize("name", ["viewer", "activator", "partner", "admin"])
def test_the_door_opens_for_members_and_admins(people: People, name: str) -> None:
    assert ask(getattr(people, name)) == people.team


def test_the_door_hides_a_foreign_team_like_one_that_is_not_there(people: People) -> None:
    for slug in ("lantern", "nowhere"):
        with pytest.raises(Http404):
            ask(people.outsider, slug)
    with pytest.raises(Http404):
        ask(AnonymousUser())


def test_the_door_refuses_a_member_without_the_role(people: People) -> None:
    assert ask(people.partner, "lantern", Role.ACTIVATOR, Role.PARTNER) == people.team
    assert ask(people.admin, "lantern", Role.PARTNER) == people.team
    with pytest.raises(PermissionDenied):
        ask(people.viewer, "lantern", Role.ACTIVATOR, Role.PARTNER)


@pytest.mark.parametrize(
    "change",
    [
        {"accepted_at": None},
        {"ends_on": clock.today()},
        {"starts_on": clock.today() + timedelta(days=1)},
    ],
)
def test_a_membership_that_does_not_count_gives_nothing(people: People, change: dict[str, object]) -> None:
    Membership.objects.filter(user=people.activator).update(**change)
    assert rights(access_to(people.activator, people.team)) == set()
    with pytest.raises(Http404):
        ask(people.activator)


def test_a_deactivated_account_gets_nothing(people: People) -> None:
    for user in (people.activator, people.admin):
        user.is_active = False
        user.save()
        assert rights(access_to(user, people.team)) == set()
        with pytest.raises(Http404):
            ask(user)


def test_roles_of_one_account_add_up_on_one_team_only(people: People) -> None:
    MembershipFactory.create(team=people.team, user=people.activator, role=Role.PARTNER)
    other = MembershipFactory.create(user=people.partner, role=Role.VIEWER).team
    assert rights(access_to(people.activator, people.team)) == READ | BOTH | WORK | GUIDE
    assert rights(access_to(people.partner, other)) == READ


def test_a_retired_team_is_only_read_and_a_paused_one_is_not_moved(people: People) -> None:
    team = people.team
    team.state = Team.State.RETIRED
    assert rights(access_to(people.admin, team)) == {"can_read"}
    assert access_to(people.admin, team).appoints == ()
    team.state = Team.State.PAUSED
    moves = {"can_request", "can_decide", "can_step_back"}
    assert rights(access_to(people.admin, team)) == (READ | BOTH | WORK | GUIDE) - moves


def test_who_may_appoint_whom(people: People) -> None:
    expected = {"viewer": (), "activator": ("viewer", "activator"), "partner": ("viewer", "activator"), "outsider": ()}
    for name, roles in expected.items():
        assert access_to(getattr(people, name), people.team).appoints == roles
    assert access_to(people.admin, people.team).appoints == ("viewer", "activator", "partner")
    assert access_to(UserFactory.create(), people.team).appoints == ()
