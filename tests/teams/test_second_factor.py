"""The second factor: turned on, asked for, done without on a bad day, and owed by whom a rule names."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from lifecycle import jobs
from lifecycle.models import Job
from teams import accounts, second_factor
from teams.models import Membership, Role, SecondFactorRule, User
from tests.api import get, token_for
from tests.conftest import People
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
AT = "/accounts/second-factor/"
TURN_ON = f"{AT}totp/activate/"
RULES = "/admin/teams/secondfactorrule/add/"


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
    again = {"password": PASSWORD, "next": TURN_ON}
    page = client.post("/accounts/reauthenticate/", again, follow=True).content.decode()
    found = re.search(r'class="copy">(\w+)<', page)
    assert found
    response = client.post(TURN_ON, {"code": code_of(found[1])}, follow=True)
    return found[1], re.findall(r"<li><code>(\d+)</code>", response.content.decode())


def test_with_it_the_password_alone_opens_nothing(
    people: People, clock: time_machine.Traveller, settings: Settings
) -> None:
    secret, codes = turned_on(logged_in("activator"))
    assert len(codes) == 10
    kept = Authenticator.objects.values_list("data", flat=True)
    assert secret not in str(list(kept)), "the database alone makes no codes"
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new" * 20
    assert accounts.seal_again() == (2, 0)
    settings.SECRET_KEY_FALLBACKS = []
    assert second_factor.has(people.activator)
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
    assert not second_factor.has(User.objects.get(pk=people.activator.pk))
    assert logged_in("activator").get("/teams/lantern/").status_code == 200


@pytest.fixture
def asked(people: People, clock: time_machine.Traveller) -> list[str]:
    """An admin with the second factor on has asked it of admins and partners, by the page, two weeks ahead."""
    client = logged_in("admin")
    turned_on(client)
    page = client.get(RULES).content.decode()
    assert (">Partner Muster<" in page, ">Activator Muster<" in page) == (True, False), "whom it would concern"
    assert client.post(RULES, {"of": "partners", "days": 14}).status_code == 302
    letters = list(Job.objects.filter(kind="account-mail", key__endswith="/second-factor-asked"))
    assert [letter.key for letter in letters] == [f"{people.partner.pk}/second-factor-asked"]
    return mailed_to(people.partner)


def mailed_to(user: User) -> list[str]:
    jobs.drain()
    return [str(each.body) for each in mail.outbox if each.to == [user.email]]


def test_who_is_asked_hears_of_it_and_has_the_days_that_were_given(asked: list[str], people: People) -> None:
    assert "1 Jul 2026" in asked[-1]
    assert "/accounts/second-factor/totp/activate/" in asked[-1]
    client = logged_in("partner")
    assert "from 1 Jul 2026 on" in client.get("/").content.decode(), "told at the log-in"
    page = client.get("/account/").content.decode()
    assert "from 1 Jul 2026 on" in page


def test_after_them_it_comes_before_anything_else(
    asked: list[str], people: People, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=7))
    running = logged_in("partner")
    clock.shift(timedelta(days=7))
    for client in (running, logged_in("partner")):
        for page in ("/", "/account/", "/teams/lantern/", "/admin/"):
            answer = client.get(page)
            assert (answer.status_code, answer["Location"]) == (302, TURN_ON), page
        assert client.get("/teams/lantern/gate/", headers={"HX-Request": "true"})["HX-Redirect"] == TURN_ON
        assert client.post("/teams/lantern/check-ins/", {"held_on": "2026-07-01"})["Location"] == TURN_ON
        assert client.get("/livez").status_code == 200
    page = running.get(TURN_ON, follow=True).content.decode()
    assert "Is it still you?" in page, "a week after the log-in, the password once more"
    turned_on(running)
    assert running.get("/teams/lantern/").status_code == 200
    assert logged_in("activator").get("/teams/lantern/").status_code == 200, "of whom nothing is asked"


def test_a_program_is_asked_for_nothing(asked: list[str], people: People, clock: time_machine.Traveller) -> None:
    MembershipFactory.create(team=people.team, user=people.partner, role=Role.ACTIVATOR)
    text = token_for(people.partner, people.team)
    clock.shift(timedelta(days=14))
    assert get(text, "team").status_code == 200


def test_the_rule_follows_the_role_and_the_latest_one_stands(
    asked: list[str], people: People, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=20))
    Membership.objects.filter(user=people.partner).update(role="activator")
    client = logged_in("partner")
    assert client.get("/teams/lantern/").status_code == 200
    User.objects.filter(pk=people.partner.pk).update(is_staff=True)
    assert client.get("/teams/lantern/").status_code == 302, "at the next request"
    accounts.ask_second_factor("nobody", actor=people.admin)
    assert client.get("/teams/lantern/").status_code == 200


def test_only_an_admin_who_has_it_asks_others_for_it(people: People) -> None:
    with pytest.raises(PermissionDenied):
        accounts.ask_second_factor("admins", actor=people.partner)
    answer = people.client("admin").post(RULES, {"of": "admins", "days": 14})
    assert (answer.status_code, "Turn your own second factor on first" in answer.content.decode()) == (422, True)
    assert people.client("admin").post(RULES, {"of": "admins", "days": 91}).status_code == 422
    assert not SecondFactorRule.objects.exists()


def test_a_rule_is_never_rewritten(people: People) -> None:
    made = SecondFactorRule.objects.create(asked_of="nobody", by=people.admin)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SecondFactorRule.objects.filter(pk=made.pk).update(asked_of="admins")
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondFactorRule.objects.create(asked_of="admins", by=people.admin)


def test_the_last_admin_gets_in_again_by_the_shell(asked: list[str], people: People) -> None:
    call_command("forget_second_factor", "admin")
    assert "second factor" in mailed_to(people.admin)[-1]
    client = logged_in("admin")
    assert client.get("/admin/").status_code == 200, "two weeks from the rule on"
    with pytest.raises(CommandError):
        call_command("forget_second_factor", "admin")
    with pytest.raises(CommandError):
        call_command("forget_second_factor", "nobody")
