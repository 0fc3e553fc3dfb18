"""Two at once: one link is answered once, and what is revoked lets nobody in."""

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from teams import invitations, sign_up
from teams.models import Invitation, Membership, Role, User
from teams.refusals import Conflict, Refused
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def race(*acts: Callable[[], object]) -> list[str]:
    """What became of each, begun at one moment."""
    barrier = threading.Barrier(len(acts))
    ends = ["nothing"] * len(acts)

    def go(place: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
            ends[place] = "done"
        except (Conflict, Refused, PermissionDenied) as refusal:
            ends[place] = type(refusal).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def offered(partner: Membership, email: str) -> Invitation:
    return invitations.invite(partner.team, invitations.Offer(email, Role.ACTIVATOR), actor=partner.user)


def test_two_who_accept_one_link_make_one_membership() -> None:
    partner = MembershipFactory.create(role=Role.PARTNER)
    for _ in range(ROUNDS):
        user = UserFactory.create()
        invitation = offered(partner, user.email)
        ends = race(*[lambda: invitations.accept(invitation, actor=user)] * 4)  # noqa: B023
        assert sorted(ends) == ["Conflict", "Conflict", "Conflict", "done"]
        assert Membership.objects.filter(user=user).count() == 1


def test_two_who_sign_up_by_one_link_make_one_account() -> None:
    partner = MembershipFactory.create(role=Role.PARTNER)
    for number in range(ROUNDS):
        invitation = offered(partner, f"newcomer{number}@people.example")
        liv = sign_up.Newcomer("Liv", "Strand", "a horse of its own")
        ends = race(*[lambda: sign_up.sign_up(invitation, liv)] * 2)  # noqa: B023
        assert sorted(ends) == ["Conflict", "done"]
        account = User.objects.get(email=invitation.email)
        assert account.memberships.count() == 1


def test_revoked_while_it_is_accepted_either_holds_and_never_both() -> None:
    partner = MembershipFactory.create(role=Role.PARTNER)
    for _ in range(ROUNDS):
        user = UserFactory.create()
        invitation = offered(partner, user.email)
        ends = race(
            lambda: invitations.accept(invitation, actor=user),  # noqa: B023
            lambda: invitations.revoke(invitation, actor=partner.user),  # noqa: B023
        )
        assert sorted(ends) == ["Conflict", "done"]
        invitation.refresh_from_db()
        assert (invitation.state == "accepted") == Membership.objects.filter(user=user).exists()
