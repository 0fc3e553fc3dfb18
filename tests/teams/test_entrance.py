"""The way in: what a page of log-in says, what it never tells, and what the owner of an account is written."""

import re
from typing import ClassVar

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from pytest_django import Settings

from lifecycle import jobs, kept
from lifecycle.models import Job
from teams import letters
from teams.accounts import LETTERS
from tests.conftest import People
from tests.teams.inviting import as_user, mailed

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
NEW = {"password1": "a horse of its own", "password2": "a horse of its own"}
FORGOTTEN = "/accounts/password/reset/"


def sent() -> list[tuple[list[str], str]]:
    """To whom, and about what, once the queue has been worked off."""
    jobs.drain()
    return [(letter.to, str(letter.subject)) for letter in mail.outbox]


def test_a_new_password_is_chosen_by_a_link_that_a_job_sends(people: People) -> None:
    client, elsewhere = Client(), as_user(people.activator)
    client.post(FORGOTTEN, {"email": people.activator.email.upper()})
    assert mail.outbox == [], "nobody waits for the mail server"
    link = mailed()
    assert client.get(link)["Location"].endswith("-set-password/"), "the key is not kept in the address"
    at = client.get(link)["Location"]
    assert client.post(at, NEW | {"password2": "another one entirely"}).status_code == 200
    assert client.post(at, NEW, follow=True).status_code == 200
    assert elsewhere.get("/account/").status_code == 302, "every other session is over"
    assert client.post("/accounts/login/", {"login": "activator", "password": NEW["password1"]}).status_code == 302
    assert "used or too old" in Client().get(link).content.decode()
    assert sent()[-1] == ([people.activator.email], "Your password was changed")


def test_a_link_to_a_new_password_is_good_for_a_day(people: People, clock: time_machine.Traveller) -> None:
    Client().post(FORGOTTEN, {"email": people.activator.email})
    link = mailed()
    clock.shift(24 * 3600 + 1)
    assert "used or too old" in Client().get(link).content.decode()


def test_nobody_learns_which_addresses_have_an_account(people: People) -> None:
    emails = ("nobody@people.example", people.viewer.email)
    answers = [Client().post(FORGOTTEN, {"email": email}, follow=True) for email in emails]
    pages = [re.sub(r'(csrf\w+"|X-CSRFToken": ")[^>]*', "", each.content.decode()) for each in answers]
    assert pages[0] == pages[1]
    assert Job.objects.filter(kind="account-mail").count() == len(pages), "as much work for either"
    assert [to for to, _about in sent()] == [[people.viewer.email]]


class Counting(MD5PasswordHasher):
    """How often a password was hashed is how long a log-in takes."""

    hashed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.hashed.append(password)
        return str(super().encode(password, salt))


def test_a_wrong_password_takes_as_long_whoever_is_named(people: People, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    people.viewer.set_password(PASSWORD)
    people.viewer.save()
    took = {}
    for name in ("viewer", people.viewer.email, "nobody", "nobody@people.example"):
        Counting.hashed.clear()
        assert Client().post("/accounts/login/", {"login": name, "password": "not the password"}).status_code == 200
        took[name] = len(Counting.hashed)
    assert set(took.values()) == {1}, took
    for name in ("viewer", people.viewer.email):
        assert Client().post("/accounts/login/", {"login": name, "password": PASSWORD}).status_code == 302


def test_a_closed_account_gets_no_link(people: People) -> None:
    people.viewer.is_active = False
    people.viewer.save(update_fields=["is_active"])
    Client().post(FORGOTTEN, {"email": people.viewer.email})
    jobs.ask("account-mail", f"{people.viewer.pk}/{letters.FORGOTTEN}")
    assert sent() == []


def test_the_owner_hears_of_a_changed_password_and_stays_logged_in(people: People) -> None:
    client, elsewhere = as_user(people.activator), as_user(people.activator)
    client.post("/accounts/password/change/", {"oldpassword": "wrong"} | NEW)
    assert sent() == []
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD} | NEW)
    assert (client.get("/account/").status_code, elsewhere.get("/account/").status_code) == (200, 302)
    assert sent() == [([people.activator.email], "Your password was changed")]


def test_each_letter_to_an_account_can_be_written(people: People) -> None:
    assert set(LETTERS.values()) | {letters.FORGOTTEN, letters.WELCOME, letters.ASKED} == set(letters.ACCOUNT)
    for about in letters.ACCOUNT:
        letters.tell_account(people.viewer.pk, about)
        assert str(people.viewer) in str(mail.outbox[-1].body)


def test_too_many_wrong_passwords_close_the_way_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    """By a name and from a place of its own: what is counted here is counted in no other test."""
    client, typed = Client(REMOTE_ADDR="192.0.2.7"), {"login": "somebody-else", "password": "wrong"}
    with caplog.at_level("WARNING", "teams.accounts"):
        pages = [client.post("/accounts/login/", typed).content.decode() for _try in range(6)]
    assert ["too many tries" in page for page in pages] == [False] * 5 + [True]
    assert caplog.messages.count("a log-in failed, from 192.0.2.7") == 5
    assert "somebody-else" not in caplog.text


def test_people_log_in_and_tries_are_counted_while_the_cache_is_away(people: People, settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}}
    client, typed = Client(REMOTE_ADDR="192.0.2.8"), {"login": "nobody-here", "password": "wrong"}
    try:
        assert client.post("/accounts/login/", {"login": "viewer", "password": PASSWORD}).status_code == 302
        pages = [Client(REMOTE_ADDR="192.0.2.8").post("/accounts/login/", typed) for _try in range(6)]
        assert ["too many tries" in page.content.decode() for page in pages] == [False] * 5 + [True]
    finally:
        kept.ask_again()
