"""A role passes on with what is open, once the next holder says yes: all of it, or nothing."""

import threading

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection

from lifecycle import clock
from pathways import stewards
from pathways.models import Steward
from teams import handing_over, invitations, milestones, notifications, risks
from teams import people as memberships
from teams.dashboard.activity import activity_of
from teams.entrance import Backend
from teams.invitations import Conflict, Refused
from teams.models import Invitation, Membership, Notification, Role, Team, TeamRisk, User
from tests.conftest import People
from tests.factories import MembershipFactory, MilestoneFactory, PathwayFactory, TeamRiskFactory, UserFactory
from tests.teams.inviting import as_user, invited, mailed

pytestmark = pytest.mark.django_db


def offered(held: Membership, to: User, *, actor: User | None = None) -> Invitation:
    return invitations.hand_over(held, actor=actor or held.user, email=to.email, note="Look at the risks first.")


@pytest.fixture
def held(people: People) -> Membership:
    """The activator's role, with something open of every sort."""
    TeamRiskFactory.create(team=people.team, owner=people.activator, text="Nobody answers")
    TeamRiskFactory.create(team=people.team, owner=people.activator, text="Long over", state=TeamRisk.State.CLOSED)
    TeamRiskFactory.create(team=people.team, owner=people.partner, text="Of another")
    milestone = MilestoneFactory.create(stage=people.team.stage, text="The plan is written.")
    milestones.record(people.team, milestone=milestone, actor=people.activator, action=milestones.Action.START, seen=0)
    pathway = PathwayFactory.create(team=people.team, name="Patch and review")
    stewards.appoint(pathway, actor=people.activator, user=people.activator)
    return Membership.objects.get(user=people.activator)


def test_what_is_open_is_shown_before_it_passes_on(held: Membership) -> None:
    told = {each.label: (each.items, each.passes) for each in handing_over.open_with(held)}
    assert told == {
        "Open risks": (["Nobody answers"], True),
        "Pathways looked after": (["Patch and review"], True),
        "Milestones in progress": (["The plan is written."], False),
    }


def test_accepted_the_role_and_what_is_open_pass_on_in_one(people: People, held: Membership) -> None:
    next_one = UserFactory.create()
    invitation = offered(held, next_one)
    assert Membership.objects.current().filter(pk=held.pk).exists(), "not before it is accepted"
    new = invitations.accept(invitation, actor=next_one)
    held.refresh_from_db()
    assert (new.starts_on, held.ends_on, new.role) == (clock.today(), clock.today(), Role.ACTIVATOR)
    owners = dict(TeamRisk.objects.values_list("text", "owner"))
    assert owners == {
        "Nobody answers": next_one.pk,
        "Long over": people.activator.pk,
        "Of another": people.partner.pk,
    }
    assert [each.user for each in stewards.current(Steward.objects.all()[0].pathway)] == [next_one]
    heard = Notification.objects.filter(user=people.partner, team=people.team)
    assert {"appointed", "ended"} <= {*heard.values_list("kind", flat=True)}
    (last,) = notifications.of(people.activator).filter(kind="taken_over")
    assert (last.words, last.address) == (f"{next_one} took the role of activator over from you", "/account/")
    told = activity_of(people.team)[0].text
    assert told == f"{next_one} took the role of activator over from {people.activator}"


def test_a_risk_that_passes_on_is_a_conflict_for_who_was_writing_it(people: People, held: Membership) -> None:
    risk = TeamRisk.objects.get(text="Nobody answers")
    next_one = UserFactory.create()
    invitations.accept(offered(held, next_one), actor=next_one)
    with pytest.raises(risks.Conflict):
        risks.change(risk, actor=people.partner, seen=risk.version, owner=people.partner)


def test_a_deputy_becomes_the_holder(people: People, held: Membership) -> None:
    deputy = MembershipFactory.create(team=people.team, is_deputy=True)
    new = invitations.accept(offered(held, deputy.user), actor=deputy.user)
    assert not new.is_deputy
    assert [each.user for each in Membership.objects.current().filter(team=people.team, role=Role.ACTIVATOR)] == [
        deputy.user
    ]


def test_only_the_holder_or_who_may_give_the_role_hands_it_over(people: People, held: Membership) -> None:
    next_one = UserFactory.create()
    for other in (people.viewer, people.outsider):
        with pytest.raises(PermissionDenied):
            offered(held, next_one, actor=other)
    partnership = Membership.objects.get(user=people.partner)
    with pytest.raises(PermissionDenied):
        offered(partnership, next_one, actor=people.activator)
    with pytest.raises(Refused, match="somebody else"):
        offered(held, people.activator, actor=people.partner)
    assert offered(held, next_one, actor=people.partner).replaces == held
    with pytest.raises(Conflict):
        offered(held, UserFactory.create())
    new = invitations.accept(offered(partnership, next_one), actor=next_one)
    assert new.role == Role.PARTNER, "a partner hands over what they could not give"


def test_a_role_that_ended_meanwhile_is_not_taken_over(people: People, held: Membership) -> None:
    next_one = UserFactory.create()
    invitation = offered(held, next_one)
    memberships.end(held, actor=people.partner)
    with pytest.raises(Refused, match="ended meanwhile"):
        invitations.accept(invitation, actor=next_one)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.OPEN
    assert not Membership.objects.filter(user=next_one).exists()
    with pytest.raises(Refused, match="not held now"):
        offered(held, UserFactory.create(), actor=people.partner)


def test_handed_over_in_the_browser(people: People, held: Membership) -> None:
    client = people.client("activator")
    address = f"/teams/lantern/people/{held.pk}/hand-over/"
    assert "Nobody answers" in client.get(address).content.decode()
    neither = client.post(address, {"note": "Soon."})
    assert (neither.status_code, "Soon." in neither.content.decode()) == (422, True)
    member = Membership.objects.get(user=people.viewer)
    assert client.post(address, {"member": member.pk, "note": "Soon."}).status_code == 303
    assert "Is handing it over" in client.get("/teams/lantern/people/").content.decode()
    asked = as_user(people.viewer)
    assert "take over the role" in asked.get(mailed()).content.decode()
    for place in ("/", "/teams/lantern/"):
        now = asked.get(place).content.decode().split('class="now-strip')[1].split("</li>")[0]
        assert "Activator Muster hands the role of activator over to you." in now, "the first of what waits"
        assert 'href="/account/#inv-h"' in now
    pk = Invitation.objects.get().pk
    asked.post(f"/account/invitations/{pk}/answer/", {"answer": "accept"})
    assert client.get("/teams/lantern/").status_code == 404
    assert "took the role of activator over" in asked.get("/teams/lantern/").content.decode()
    assert "over to you" not in asked.get("/").content.decode()


def test_what_is_read_with_the_reader_is_what_their_account_shows(people: People, held: Membership) -> None:
    """Told once in SQL and once by Django: an answer, an end, a retired team and a late hour part none of the two."""
    reader = people.viewer
    elsewhere = Team.objects.get(slug="elsewhere")
    memberships.appoint(elsewhere, actor=people.admin, user=reader, role=Role.PARTNER)
    invited(people.team, reader.email.upper(), actor=people.partner, role=Role.ACTIVATOR)
    offered(Membership.objects.get(user=people.partner), reader)

    def told() -> list[tuple[str, str]]:
        read = Backend().get_user(reader.pk)
        assert read
        shown: list[Membership | Invitation] = [*memberships.appointments(reader), *invitations.waiting_for(reader)]
        assert sorted((each.slug, each.role) for each in read.offers) == sorted((e.team.slug, e.role) for e in shown)
        return [(each.slug, each.words) for each in read.offers]

    assert told() == [
        ("lantern", "Partner Muster hands the role of CBT partner over to you."),
        ("elsewhere", "Admin Muster asks you to be CBT partner."),
        ("lantern", "Partner Muster asks you to be activator."),
    ]
    memberships.decline(Membership.objects.get(team=elsewhere, user=reader), actor=reader)
    assert len(told()) == 2
    with time_machine.travel(clock.now() + invitations.GOOD_FOR, tick=False):
        assert not told()
    Team.objects.filter(pk=people.team.pk).update(state=Team.State.RETIRED)
    assert not told()


@pytest.mark.django_db(transaction=True)
def test_ended_while_it_is_taken_over_somebody_waits_and_nobody_is_left_between(people: People) -> None:
    held = Membership.objects.get(user=people.activator)
    for _ in range(5):
        next_one = UserFactory.create()
        invitation = offered(held, next_one)
        barrier = threading.Barrier(2)
        ends: list[str] = []

        def go(act: str) -> None:
            barrier.wait()  # noqa: B023
            try:
                if act == "accept":
                    invitations.accept(invitation, actor=next_one)  # noqa: B023
                else:
                    memberships.end(held, actor=people.partner)  # noqa: B023
                ends.append(act)  # noqa: B023
            except (Conflict, Refused):
                pass
            finally:
                connection.close()

        threads = [threading.Thread(target=go, args=[act]) for act in ("accept", "end")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(ends) == 1, "the one or the other"
        assert Membership.objects.filter(user=next_one).exists() == (ends == ["accept"])
        invitation.refresh_from_db()
        if invitation.state == Invitation.State.OPEN:
            invitations.revoke(invitation, actor=people.partner)
        held = MembershipFactory.create(team=people.team)
