from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from lifecycle import clock
from teams import people as memberships
from teams.access import access_to
from teams.models import Membership, Role, Team
from teams.people import Conflict, Refused
from tests.conftest import People
from tests.factories import UserFactory

TODAY = clock.today()


@pytest.mark.parametrize("role", [Role.ACTIVATOR, Role.PARTNER])
def test_an_appointment_counts_once_accepted(people: People, role: Role) -> None:
    user = UserFactory.create()
    membership = memberships.appoint(people.team, actor=people.admin, user=user, role=role)
    assert (membership.starts_on, membership.appointed_by) == (TODAY, people.admin)
    assert not access_to(user, people.team).can_read
    assert list(memberships.appointments(user)) == [membership]
    accepted = memberships.accept(membership, actor=user)
    assert access_to(user, people.team).roles == {role}
    assert not memberships.appointments(user).exists()
    assert memberships.accept(membership, actor=user).accepted_at == accepted.accepted_at


def test_a_viewer_reads_at_once(people: People) -> None:
    user = UserFactory.create()
    memberships.appoint(people.team, actor=people.activator, user=user, role=Role.VIEWER)
    assert access_to(user, people.team).can_read
    assert not memberships.appointments(user).exists()


def test_nobody_appoints_beyond_their_own_rights(people: People) -> None:
    user = UserFactory.create()
    for name, roles in {
        "viewer": Role,
        "outsider": Role,
        "activator": [Role.PARTNER],
        "partner": [Role.PARTNER],
    }.items():
        for role in roles:
            with pytest.raises(PermissionDenied):
                memberships.appoint(people.team, actor=getattr(people, name), user=user, role=role)
    assert not Membership.objects.filter(user=user).exists()


def test_a_retired_team_appoints_nobody(people: People) -> None:
    Team.objects.update(state=Team.State.RETIRED)
    people.team.refresh_from_db()
    with pytest.raises(PermissionDenied):
        memberships.appoint(people.team, actor=people.admin, user=UserFactory.create(), role=Role.VIEWER)


def test_one_running_membership_a_role(people: People) -> None:
    with pytest.raises(Conflict) as caught:
        memberships.appoint(people.team, actor=people.partner, user=people.activator, role=Role.ACTIVATOR)
    assert caught.value.current.user == people.activator
    with pytest.raises(Refused):
        memberships.appoint(
            people.team, actor=people.partner, user=UserFactory.create(is_active=False), role=Role.VIEWER
        )
    with pytest.raises(Refused):
        memberships.appoint(
            people.team, actor=people.partner, user=UserFactory.create(), role=Role.VIEWER, is_deputy=True
        )


def test_only_the_person_answers(people: People) -> None:
    user = UserFactory.create()
    membership = memberships.appoint(people.team, actor=people.partner, user=user, role=Role.ACTIVATOR)
    for other in (people.partner, people.admin, people.outsider):
        with pytest.raises(PermissionDenied):
            memberships.accept(membership, actor=other)
        with pytest.raises(PermissionDenied):
            memberships.decline(membership, actor=other)
    user.is_active = False
    with pytest.raises(PermissionDenied):
        memberships.accept(membership, actor=user)


def test_a_declined_invitation_never_counted_and_may_be_given_anew(people: People) -> None:
    user = UserFactory.create()
    membership = memberships.appoint(people.team, actor=people.partner, user=user, role=Role.ACTIVATOR)
    assert memberships.decline(membership, actor=user).ends_on == membership.starts_on
    with pytest.raises(Conflict):
        memberships.accept(membership, actor=user)
    assert not access_to(user, people.team).can_read
    again = memberships.appoint(people.team, actor=people.partner, user=user, role=Role.ACTIVATOR)
    memberships.accept(again, actor=user)
    with pytest.raises(Conflict):
        memberships.decline(again, actor=user)


def test_an_end_is_the_first_day_without_it(people: People) -> None:
    membership = Membership.objects.get(user=people.activator)
    ended = memberships.end(membership, actor=people.partner, on=TODAY + timedelta(days=1))
    assert ended.ends_on == TODAY + timedelta(days=1)
    assert access_to(people.activator, people.team).works
    memberships.end(membership, actor=people.partner)
    assert not access_to(people.activator, people.team).can_read
    with pytest.raises(Conflict):
        memberships.end(membership, actor=people.partner)


def test_one_may_leave_but_not_remove_who_one_could_not_appoint(people: People) -> None:
    partnership = Membership.objects.get(user=people.partner)
    for other in (people.viewer, people.activator, people.outsider):
        with pytest.raises(PermissionDenied):
            memberships.end(partnership, actor=other)
    assert memberships.end(partnership, actor=people.partner).ends_on == TODAY
    assert memberships.end(Membership.objects.get(user=people.viewer), actor=people.activator).ends_on == TODAY


def test_a_membership_that_has_not_begun_ends_before_it_began(people: People) -> None:
    begins = TODAY + timedelta(days=5)
    membership = memberships.appoint(
        people.team, actor=people.admin, user=UserFactory.create(), role=Role.VIEWER, starts_on=begins
    )
    assert membership in memberships.of_team(people.team)
    assert memberships.end(membership, actor=people.admin).ends_on == begins


def test_the_list_shows_who_has_not_ended(people: People) -> None:
    memberships.end(Membership.objects.get(user=people.viewer), actor=people.activator)
    invited = memberships.appoint(people.team, actor=people.admin, user=UserFactory.create(), role=Role.ACTIVATOR)
    assert {each.user for each in memberships.of_team(people.team)} == {people.activator, people.partner, invited.user}
