"""Invitations: who may give what, what a link is good for, and that it is good once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction

from lifecycle import clock, jobs
from lifecycle.models import Job
from teams import invitations, links, notifications
from teams.access import access_to
from teams.invitations import Conflict, Offer, Refused
from teams.letters import ADDRESS, INVITATION
from teams.models import Invitation, Membership, Role, Team
from tests.conftest import TODAY, People
from tests.factories import InvitationFactory, UserFactory
from tests.teams.inviting import invited, mailed

pytestmark = pytest.mark.django_db


def test_accepted_it_counts_from_today(people: People) -> None:
    user = UserFactory.create()
    invitation = invited(people.team, user.email.upper(), actor=people.partner)
    assert list(invitations.waiting_for(user)) == [invitation]
    assert not access_to(user, people.team).can_read
    membership = invitations.accept(invitation, actor=user)
    assert (membership.starts_on, membership.appointed_by) == (clock.today(), people.partner)
    assert access_to(user, people.team).works
    assert not invitations.waiting_for(user).exists()


def test_nobody_invites_beyond_their_own_rights(people: People) -> None:
    never = {"viewer": Role, "outsider": Role, "activator": [Role.PARTNER], "partner": [Role.PARTNER]}
    for name, roles in never.items():
        for role in roles:
            with pytest.raises(PermissionDenied):
                invited(people.team, "one@people.example", actor=getattr(people, name), role=role)
    Team.objects.update(state=Team.State.RETIRED)
    people.team.refresh_from_db()
    with pytest.raises(PermissionDenied):
        invited(people.team, "one@people.example", actor=people.admin)
    assert not Invitation.objects.exists()


def test_one_open_invitation_of_an_address_to_a_role(people: People) -> None:
    first = invited(people.team, "one@people.example", actor=people.partner)
    with pytest.raises(Conflict) as caught:
        invited(people.team, "One@People.example", actor=people.activator)
    assert caught.value.current == first
    with pytest.raises(IntegrityError), transaction.atomic():
        InvitationFactory.create(team=people.team, email="ONE@people.example", invited_by=people.partner)
    invitations.revoke(first, actor=people.activator)
    assert invited(people.team, "one@people.example", actor=people.partner).pk != first.pk


def test_the_database_knows_the_digest_alone(people: People) -> None:
    invited(people.team, "one@people.example", actor=people.partner)
    path = mailed()
    key = path.rstrip("/").rpartition("/")[2]
    row = Invitation.objects.values().get()
    assert bytes(row["digest"]) == links.digest_of(key)
    assert key not in str(row)
    assert not Job.objects.filter(key__contains=key).exists()
    assert invitations.by_key(key) is not None
    assert invitations.by_key(links.key_of(row["nonce"], purpose=ADDRESS)) is None, "another purpose, another key"


@pytest.mark.parametrize(("late", "good"), [(timedelta(0), False), (-timedelta(microseconds=1), True)])
def test_a_link_is_good_for_fourteen_days_to_the_moment(
    people: People, clock: time_machine.Traveller, late: timedelta, good: bool
) -> None:
    user = UserFactory.create()
    invitation = invited(people.team, user.email, actor=people.partner)
    assert invitation.expires_at == TODAY + timedelta(days=14)
    clock.move_to(TODAY + timedelta(days=14) + late)
    assert invitations.has_expired(invitation) is not good
    assert invitations.waiting_for(user).exists() is good
    if good:
        invitations.accept(invitation, actor=user)
        return
    with pytest.raises(Conflict, match="expired"):
        invitations.accept(invitation, actor=user)
    again = invitations.send_again(invitation, actor=people.partner)
    invitations.accept(again, actor=user)
    assert access_to(user, people.team).works


def test_sent_again_the_old_link_is_void(people: People, clock: time_machine.Traveller) -> None:
    invitation = invited(people.team, "one@people.example", actor=people.partner)
    first = mailed()
    with pytest.raises(Refused, match="a moment ago"):
        invitations.send_again(invitation, actor=people.partner)
    clock.shift(invitations.PAUSE)
    invitations.send_again(invitation, actor=people.activator)
    second = mailed()
    old, new = (invitations.by_key(path.strip("/").rpartition("/")[2]) for path in (first, second))
    assert (old, new) == (None, invitation)


@pytest.mark.parametrize("close", [invitations.revoke, invitations.send_again])
def test_only_who_may_give_the_role_or_offered_it_takes_it_back(people: People, close: Callable[..., object]) -> None:
    invitation = invited(people.team, "one@people.example", actor=people.admin, role=Role.PARTNER)
    for other in (people.viewer, people.activator, people.partner, people.outsider):
        with pytest.raises(PermissionDenied):
            close(invitation, actor=other)
    close(invitation, actor=people.admin)


def test_only_the_reader_of_the_address_answers(people: People) -> None:
    user = UserFactory.create()
    invitation = invited(people.team, user.email, actor=people.partner)
    for other in (people.partner, people.admin, people.outsider):
        for answer in (invitations.accept, invitations.decline):
            with pytest.raises(PermissionDenied):
                answer(invitation, actor=other)
    user.is_active = False
    with pytest.raises(PermissionDenied):
        invitations.accept(invitation, actor=user)
    user.is_active = True
    assert invitations.decline(invitation, actor=user).state == Invitation.State.DECLINED
    assert [each.words for each in notifications.of(people.partner)] == [f"{user} declined to be activator"]
    with pytest.raises(Conflict):
        invitations.accept(invitation, actor=user)


def test_a_closed_invitation_says_by_whom(people: People) -> None:
    invitation = InvitationFactory.create(team=people.team)
    for wrong in ({"state": "revoked"}, {"closed_at": clock.now(), "closed_by": people.admin}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**wrong)


def test_who_holds_the_role_keeps_it_and_a_deputy_becomes_whole(people: People) -> None:
    own = Membership.objects.get(user=people.activator)
    held = invitations.accept(
        invited(people.team, people.activator.email, actor=people.partner, is_deputy=True), actor=people.activator
    )
    assert held == own
    Membership.objects.filter(pk=own.pk).update(is_deputy=True)
    whole = invitations.accept(
        invited(people.team, people.activator.email, actor=people.partner), actor=people.activator
    )
    assert (whole.is_deputy, whole.pk == own.pk) == (False, False)
    assert Membership.objects.current().filter(user=people.activator, role=Role.ACTIVATOR).count() == 1


def test_what_a_team_may_ask_of_strangers_is_bounded(people: People) -> None:
    InvitationFactory.create_batch(invitations.MOST_OPEN, team=people.team, invited_by=people.partner)
    with pytest.raises(Refused, match="Thirty"):
        invited(people.team, "one@people.example", actor=people.partner)
    with pytest.raises(Refused, match="deputy"):
        invitations.invite(people.team, Offer("x@people.example", Role.VIEWER, is_deputy=True), actor=people.partner)


def test_a_retired_team_takes_nobody_in(people: People) -> None:
    user = UserFactory.create()
    invitation = invited(people.team, user.email, actor=people.partner)
    Team.objects.update(state=Team.State.RETIRED)
    with pytest.raises(Refused, match="retired"):
        invitations.accept(invitation, actor=user)
    assert Invitation.objects.get().state == Invitation.State.OPEN
    assert not invitations.waiting_for(user).exists()


def test_the_mail_goes_out_once(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that fails is tried again; once the sending is recorded, no further job sends it."""
    invitation = invited(people.team, "one@people.example", actor=people.partner, note="Bring cake.")
    job = Job.objects.get(kind="invitation-mail")
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", lambda *_args: (_ for _ in ()).throw(OSError("no mail today")))
        assert not jobs.run(job.pk)
    invitation.refresh_from_db()
    assert (invitation.mailed_at, mail.outbox) == (None, [])
    Job.objects.update(run_after=clock.now())
    jobs.drain()
    for _ in range(2):
        jobs.ask("invitation-mail", str(invitation.pk))
        jobs.drain()
    invitation.refresh_from_db()
    assert invitation.mailed_at is not None
    (letter,) = mail.outbox
    assert letter.to == ["one@people.example"]
    for word in ("Lantern", "activator", "Bring cake.", "UTC"):
        assert word in str(letter.body)


def test_a_worker_that_dies_after_sending_sends_the_same_link(people: People) -> None:
    invitation = invited(people.team, "one@people.example", actor=people.partner)
    first = mailed()
    Invitation.objects.update(mailed_at=None)  # as if the record had been lost with the worker
    jobs.ask("invitation-mail", str(invitation.pk))
    assert mailed() == first


def test_who_invites_and_revokes_does_not_fill_a_mailbox(people: People) -> None:
    for _time in range(invitations.MOST_A_DAY):
        invitations.revoke(invited(people.team, "one@people.example", actor=people.partner), actor=people.partner)
    with pytest.raises(Refused, match="three times"):
        invited(people.team, "one@people.example", actor=people.partner)


def test_a_revoked_invitation_is_not_mailed(people: People) -> None:
    invitation = invited(people.team, "one@people.example", actor=people.partner)
    invitations.revoke(invitation, actor=people.partner)
    jobs.drain()
    assert mail.outbox == []


def test_a_name_with_a_line_break_writes_no_header(people: People) -> None:
    people.partner.first_name = "Bcc: all@people.example\nX: y"
    people.partner.save()
    invited(people.team, "one@people.example", actor=people.partner)
    jobs.drain()
    assert "\n" not in mail.outbox[0].subject
    assert links.key_of(Invitation.objects.get().nonce, purpose=INVITATION) in str(mail.outbox[0].body)
