"""Invitations in the browser: from the form of the team to the page behind the link."""

import pytest
from django.core import mail
from django.test import Client

from lifecycle import clock, jobs
from teams import invitations
from teams.models import Invitation, Membership, Role, User
from tests.conftest import People
from tests.factories import InvitationFactory, UserFactory
from tests.teams.inviting import NEWCOMER, as_user, invited, mailed

pytestmark = pytest.mark.django_db
TYPED = {"email": "liv@people.example", "role": "activator", "note": "We need you."}


def test_somebody_without_an_account_comes_in_by_the_link(people: People, client: Client) -> None:
    typed = TYPED | {"email": "Liv@People.example"}
    assert people.client("activator").post("/teams/lantern/people/", typed).status_code == 303
    assert mail.outbox == [], "nobody waits for the mail server"
    link = mailed()
    assert "Make your account" in client.get(link).content.decode()
    assert Invitation.objects.get().state == "open", "opened by a program that looks at mails, it is still good"
    response = client.post(link, NEWCOMER, follow=True)
    assert response.redirect_chain == [("/teams/lantern/", 303)]
    liv = User.objects.get(email="liv@people.example")
    assert (str(liv), liv.memberships.get().role) == ("Liv Strand", "activator")
    again = Client()
    again.post("/accounts/login/", {"login": "LIV@people.example", "password": NEWCOMER["password"]})
    assert again.get("/teams/lantern/").status_code == 200
    used = Client().get(link)
    assert used.status_code == 410
    assert "has been used" in used.content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "passwordpassword1", "again": "something else entirely"}, "two different"),
        ({"password": "liv@people.example", "again": "liv@people.example"}, "too similar"),
        ({"first_name": ""}, "required"),
    ],
)
def test_a_weak_account_is_not_made(people: People, client: Client, wrong: dict[str, str], said: str) -> None:
    invited(people.team, "liv@people.example", actor=people.partner)
    response = client.post(mailed(), NEWCOMER | wrong)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not User.objects.filter(email="liv@people.example").exists()


def test_somebody_with_an_account_logs_in_and_answers(people: People, client: Client) -> None:
    someone = UserFactory.create()
    invitation = invited(people.team, someone.email, actor=people.partner)
    link = mailed()
    seen = client.get(link).content.decode()
    assert f"/accounts/login/?next={link}" in seen
    assert client.post(link, NEWCOMER).status_code == 409, "no second account of one address"
    assert User.objects.filter(email__iexact=someone.email).count() == 1
    own = as_user(someone)
    assert "Accept" in own.get(link).content.decode()
    assert "Lantern" in own.get("/account/").content.decode()
    answer = own.post(f"/account/invitations/{invitation.pk}/answer/", {"answer": "accept"})
    assert (answer.status_code, answer["Location"]) == (303, "/teams/lantern/")
    assert own.get("/teams/lantern/").status_code == 200


def test_each_link_that_leads_to_nothing_says_what_to_do(people: People, client: Client) -> None:
    invitation = invited(people.team, "liv@people.example", actor=people.partner)
    link = mailed()
    unknown = client.get("/invitations/nothing/")
    assert (unknown.status_code, "leads nowhere" in unknown.content.decode()) == (404, True)
    of_another = people.client("viewer").get(link)
    assert "for another address" in of_another.content.decode()
    assert "liv@people.example" not in of_another.content.decode()
    for state, word in (("revoked", "taken back"), ("declined", "was declined")):
        closed = {"closed_at": clock.now(), "closed_by": people.partner}
        Invitation.objects.update(state=state, **closed)
        response = client.get(link)
        assert (response.status_code, word in response.content.decode()) == (410, True)
        assert "Partner Muster" in response.content.decode(), "whom to ask"
    Invitation.objects.update(state="open", closed_at=None, closed_by=None, expires_at=clock.now())
    response = client.get(link)
    assert (response.status_code, "has expired" in response.content.decode()) == (410, True)
    assert client.post(link, NEWCOMER).status_code == 409
    assert not User.objects.filter(email=invitation.email).exists()


def test_a_closed_account_is_told_to_nobody_but_its_reader(people: People, client: Client) -> None:
    closed = UserFactory.create(is_active=False)
    typed = TYPED | {"email": closed.email}
    assert people.client("partner").post("/teams/lantern/people/", typed).status_code == 303
    link = mailed()
    assert "account is closed" in client.get(link).content.decode()
    assert client.post(link, NEWCOMER).status_code == 409


def test_the_form_answers_alike_whoever_has_an_account(people: People) -> None:
    """An address of nobody, of an account elsewhere, of a member, of a closed account: one answer."""
    closed = UserFactory.create(is_active=False)
    addresses = ["nobody@people.example", people.outsider.email, people.viewer.email, closed.email]
    answers = set()
    for address in addresses:
        client = people.client("partner")
        response = client.post("/teams/lantern/people/", TYPED | {"email": address}, follow=True)
        words = response.content.decode()
        assert f"An invitation goes to {address}." in words
        row = Invitation.objects.get(email=address)
        answers.add((response.redirect_chain[0], words.count(address), row.state, row.mailed_at))
    assert len(answers) == 1
    jobs.drain()
    assert {each.to[0] for each in mail.outbox} == set(addresses)


def test_invitations_are_listed_sent_again_and_revoked(people: People) -> None:
    invited(people.team, "liv@people.example", actor=people.partner)
    mailed()
    pk = Invitation.objects.get().pk
    client = people.client("activator")
    assert "liv@people.example" in client.get("/teams/lantern/people/").content.decode()
    assert "liv@people.example" not in people.client("viewer").get("/teams/lantern/people/").content.decode()
    early = client.post(f"/teams/lantern/people/invitations/{pk}/mailing/", follow=True)
    assert "a moment ago" in early.content.decode()
    Invitation.objects.update(mailed_at=clock.now() - invitations.PAUSE)
    assert client.post(f"/teams/lantern/people/invitations/{pk}/mailing/").status_code == 303
    jobs.drain()
    assert len(mail.outbox) == 2
    client.post(f"/teams/lantern/people/invitations/{pk}/revocation/")
    assert Invitation.objects.get().state == "revoked"
    client.get("/teams/lantern/people/")  # which says so
    assert "liv@people.example" not in client.get("/teams/lantern/people/").content.decode()


def test_what_was_typed_comes_back(people: People) -> None:
    client = people.client("partner")
    wrong = client.post("/teams/lantern/people/", TYPED | {"email": "no address"})
    assert (wrong.status_code, "We need you." in wrong.content.decode()) == (422, True)
    assert client.post("/teams/lantern/people/", TYPED).status_code == 303
    twice = client.post("/teams/lantern/people/", TYPED)
    assert (twice.status_code, "offered already" in twice.content.decode()) == (409, True)
    assert people.client("activator").post("/teams/lantern/people/", TYPED | {"role": "partner"}).status_code == 422


def test_ended_a_member_is_a_stranger(people: People) -> None:
    someone = UserFactory.create()
    membership = invitations.accept(invited(people.team, someone.email, actor=people.partner), actor=someone)
    assert people.client("partner").post(f"/teams/lantern/people/{membership.pk}/end/").status_code == 303
    assert as_user(someone).get("/teams/lantern/").status_code == 404


def test_nobody_answers_an_invitation_of_another(people: People) -> None:
    other = InvitationFactory.create(team=people.team)
    response = people.client("admin").post(f"/account/invitations/{other.pk}/answer/", {"answer": "accept"})
    assert response.status_code == 404
    assert not Membership.objects.filter(role=Role.ACTIVATOR, user=people.admin).exists()
