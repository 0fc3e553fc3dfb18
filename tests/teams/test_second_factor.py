"""The second factor: turned on, asked for, done without on a bad day, and told to admins."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client

from teams.accounts import has_second_factor
from teams.models import User
from tests.conftest import People

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
AT = "/accounts/second-factor/"


def logged_in(username: str, client: Client | None = None) -> Client:
    """Somebody who has given the right password, as the log-in page asks for it."""
    client = client or Client()
    client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    return client


def code_of(secret: str) -> str:
    """What the telephone shows now."""
    return str(auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30)))


def turned_on(client: Client) -> tuple[str, list[str]]:
    """The secret and the recovery codes of somebody who turns it on."""
    again = {"password": PASSWORD, "next": f"{AT}totp/activate/"}
    page = client.post("/accounts/reauthenticate/", again, follow=True).content.decode()
    found = re.search(r'class="copy">(\w+)<', page)
    assert found
    response = client.post(f"{AT}totp/activate/", {"code": code_of(found[1])}, follow=True)
    return found[1], re.findall(r"<li><code>(\d+)</code>", response.content.decode())


def test_with_it_the_password_alone_opens_nothing(people: People, clock: time_machine.Traveller) -> None:
    secret, codes = turned_on(logged_in("activator"))
    assert len(codes) == 10
    kept = Authenticator.objects.values_list("data", flat=True)
    assert secret not in str(list(kept)), "the database alone makes no codes"
    assert has_second_factor(people.activator)
    client = logged_in("activator")
    assert client.get("/teams/lantern/").status_code == 302, "the password alone"
    assert "The second factor" in client.get(f"{AT}authenticate/").content.decode()
    wrong = client.post(f"{AT}authenticate/", {"code": "000000"})
    assert "This code is not right" in wrong.content.decode()
    clock.shift(60)
    assert client.post(f"{AT}authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/teams/lantern/").status_code == 200


def test_a_recovery_code_is_good_once(people: People, clock: time_machine.Traveller) -> None:
    _secret, codes = turned_on(logged_in("activator"))
    for status in (200, 302):
        client = logged_in("activator")
        client.post(f"{AT}authenticate/", {"code": codes[0]})
        assert client.get("/teams/lantern/").status_code == status


def test_turning_it_on_or_off_asks_for_the_password_again(people: People, clock: time_machine.Traveller) -> None:
    client = logged_in("activator")
    turned_on(client)
    clock.shift(3600)
    for address in ("totp/deactivate/", "recovery-codes/generate/"):
        answer = client.get(AT + address)
        assert (answer.status_code, "/reauthenticate/" in answer["Location"]) == (302, True)
    assert "Is it still you?" in client.get(answer["Location"]).content.decode()


def test_an_admin_is_told_until_it_is_on(people: People, clock: time_machine.Traveller) -> None:
    told = "Turn the second factor on"
    client = logged_in("admin")
    assert told in client.get("/").content.decode()
    assert "turn it on" in client.get("/account/").content.decode()
    turned_on(client)
    assert "turn it on" not in client.get("/account/").content.decode()
    assert told not in logged_in("activator").get("/").content.decode()


def test_an_admin_helps_who_has_lost_the_telephone(people: People, clock: time_machine.Traveller) -> None:
    turned_on(logged_in("activator"))
    chosen = {"action": "forget_second_factor", "_selected_action": [people.activator.pk]}
    assert people.client("partner").post("/admin/teams/user/", chosen).status_code == 302
    assert Authenticator.objects.filter(user=people.activator).exists()
    people.client("admin").post("/admin/teams/user/", chosen)
    assert not has_second_factor(User.objects.get(pk=people.activator.pk))
    assert logged_in("activator").get("/teams/lantern/").status_code == 200
