"""An account's own name and address: an address is had once its reader has confirmed it."""

import pytest
import time_machine
from django.core import mail

from lifecycle import clock as days
from lifecycle import jobs
from teams import profiles
from teams.models import AddressChange, User
from teams.profiles import Conflict, Refused
from tests.conftest import People
from tests.factories import UserFactory
from tests.teams.inviting import mailed

pytestmark = pytest.mark.django_db
TYPED = {"email": "new@people.example", "password": "correct horse battery"}


def test_a_name_is_changed(people: People) -> None:
    client = people.client("viewer")
    assert client.post("/account/names/", {"first_name": "Liv", "last_name": "Strand"}).status_code == 303
    assert str(User.objects.get(pk=people.viewer.pk)) == "Liv Strand"
    assert client.post("/account/names/", {"first_name": "", "last_name": "S"}).status_code == 422


def test_an_address_is_changed_once_it_is_confirmed(people: People) -> None:
    client = people.client("activator")
    assert client.post("/account/addresses/", TYPED).status_code == 303
    link = mailed()
    assert mail.outbox[-1].to == ["new@people.example"]
    assert "waits until new@people.example" in client.get("/account/").content.decode()
    assert "Is this your address?" in client.get(link).content.decode()
    assert User.objects.get(pk=people.activator.pk).email == "activator@people.example", "opened, not confirmed"
    assert people.client("partner").get(link).status_code == 404, "the link of another account"
    assert client.post(link).status_code == 303
    assert User.objects.get(pk=people.activator.pk).email == "new@people.example"
    assert client.post(link).status_code == 404, "once"
    jobs.drain()
    jobs.ask("former-address-mail", str(AddressChange.objects.get().pk))
    jobs.drain()
    assert [letter.to for letter in mail.outbox] == [["new@people.example"], ["activator@people.example"]]


def test_an_address_needs_the_password(people: People) -> None:
    response = people.client("activator").post("/account/addresses/", TYPED | {"password": "something else"})
    assert (response.status_code, "not your password" in response.content.decode()) == (422, True)
    assert not AddressChange.objects.exists()


def test_whether_an_address_has_an_account_is_told_to_its_reader_alone(people: People) -> None:
    client = people.client("activator")
    answer = client.post("/account/addresses/", TYPED | {"email": people.partner.email}, follow=True)
    assert "A mail goes to partner@people.example" in answer.content.decode()
    taken = client.post(mailed())
    assert (taken.status_code, "Another account has this address" in taken.content.decode()) == (409, True)
    assert User.objects.get(pk=people.activator.pk).email == "activator@people.example"


def test_a_later_request_voids_the_one_before(people: People, clock: time_machine.Traveller) -> None:
    first = profiles.ask_address(people.activator, "one@people.example")
    with pytest.raises(Refused, match="a moment ago"):
        profiles.ask_address(people.activator, "two@people.example")
    with pytest.raises(Refused, match="already"):
        profiles.ask_address(people.activator, "ACTIVATOR@people.example")
    AddressChange.objects.update(asked_at=days.now() - profiles.PAUSE)
    second = profiles.ask_address(people.activator, "two@people.example")
    with pytest.raises(Conflict):
        profiles.confirm_address(first, actor=people.activator)
    clock.shift(profiles.GOOD_FOR)
    with pytest.raises(Conflict):
        profiles.confirm_address(second, actor=people.activator)
    assert profiles.pending(people.activator) is None


def test_former_addresses_stay_known(people: People) -> None:
    other = UserFactory.create()
    profiles.confirm_address(profiles.ask_address(people.activator, "new@people.example"), actor=people.activator)
    AddressChange.objects.create(
        user=other, former=other.email, email="x@people.example", expires_at="2030-01-01T00:00Z", digest=b"1"
    )
    told = profiles.former_addresses([people.activator.pk, other.pk])
    assert told == [(people.activator.pk, "activator@people.example")]
