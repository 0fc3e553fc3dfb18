"""Tokens: made and shown once, kept as a digest, ended at once."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from lifecycle import clock
from metrics import tokens
from metrics.models import Token
from teams.models import Membership, Role
from teams.refusals import Refused
from tests.api import get, token_for
from tests.conftest import People
from tests.factories import MembershipFactory
from tests.forms import posted_as_shown

pytestmark = pytest.mark.django_db
PAGE = "/teams/lantern/data/tokens/"


def test_a_token_is_made_shown_once_and_kept_as_a_digest(people: People) -> None:
    client = people.client("activator")
    answer = client.post(PAGE, posted_as_shown(client.get(PAGE)) | {"name": "Nightly", "scope": "read"})
    made = Token.objects.get()
    text = answer.context["text"]
    assert (answer.status_code, text in answer.content.decode(), answer["Cache-Control"].count("no-store")) == (
        200,
        True,
        1,
    )
    assert (bytes(made.digest), made.name, made.made_by) == (
        hashlib.sha256(text.encode()).digest(),
        "Nightly",
        people.activator,
    )
    again = client.get(PAGE).content.decode()
    assert ("Nightly" in again, text in again, "lifecycle_" in again) == (True, False, False)
    assert get(text, "team").status_code == 200


def test_an_ended_token_opens_nothing_from_then_on(people: People) -> None:
    text = token_for(people.activator, people.team)
    client = people.client("admin")
    assert get(text, "team").status_code == 200
    answer = client.post(reverse("metrics:token-end", args=["lantern", Token.objects.get().pk]))
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert get(text, "team").status_code == 401
    ended = Token.objects.get().revoked_at
    tokens.end(Token.objects.get())
    assert Token.objects.get().revoked_at == ended
    page = client.get(PAGE).content.decode()
    assert "ended" in page
    assert "End it" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " "},
        {"name": "x" * 81},
        {"scope": "admin"},
        {"expires_on": "soon"},
        {"expires_on": (clock.today() - timedelta(days=1)).isoformat()},
        {"expires_on": (clock.today() + timedelta(days=367)).isoformat()},
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(people: People, wrong: dict[str, str]) -> None:
    client = people.client("activator")
    answer = client.post(PAGE, posted_as_shown(client.get(PAGE)) | {"name": "Nightly", "scope": "read", **wrong})
    assert (answer.status_code, "errorlist" in answer.content.decode()) == (422, True)
    assert not Token.objects.exists()


def test_only_who_brings_data_in_makes_tokens(people: People) -> None:
    for who in (people.viewer, people.partner, people.outsider):
        with pytest.raises(PermissionDenied):
            token_for(who, people.team)
    with pytest.raises(Refused):
        tokens.make(people.team, actor=people.activator, name=" ", scope=Token.Scope.READ, expires_on=clock.today())


def test_a_token_is_shown_as_what_it_opens_now(people: People) -> None:
    text = token_for(people.activator, people.team)
    viewer = MembershipFactory.create(team=people.team, user=people.activator, role=Role.VIEWER)
    held = Membership.objects.filter(user=people.activator)
    client = people.client("admin")
    for roles, status, may_write, shown in (
        (held, 200, True, ""),
        (held.filter(pk=viewer.pk), 200, False, "only reads"),
        (held.none(), 401, False, "opens nothing"),
        (held, 200, True, ""),
    ):
        held.update(accepted_at=None, starts_on=clock.today() + timedelta(days=1))
        roles.update(accepted_at=clock.now(), starts_on=clock.today())
        bearer = tokens.bearer(text)
        assert (get(text, "team").status_code, bool(bearer and bearer.may_write)) == (status, may_write)
        page = client.get(PAGE).content.decode()
        assert ([said for said in ("only reads", "opens nothing") if said in page], "End it" in page) == (
            [shown] if shown else [],
            True,
        )


def test_a_token_is_good_on_its_last_day_and_no_longer(people: People) -> None:
    text = token_for(people.activator, people.team)
    for days, status in ((0, 200), (-1, 401)):
        Token.objects.update(expires_on=clock.today() + timedelta(days=days))
        assert get(text, "team").status_code == status
