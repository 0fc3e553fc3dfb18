"""The permission table over every address and every method: nobody is anywhere they do not belong."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from lifecycle import clock
from lifecycle.tables import FORMS
from metrics import tokens
from metrics.models import Token
from teams.models import Membership, Role, User
from tests.api import token_for
from tests.conftest import People
from tests.factories import MembershipFactory
from tests.policy import ADMIN_PAGES, LOGIN_PAGES, POLICY, PUBLIC, Rule
from tests.routes import Route, routes
from tests.world import World, world_of

OTHERS = ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]
METHODS = ["GET", "POST", *OTHERS]
OURS = [route for route in routes() if not route.name.startswith((*LOGIN_PAGES, ADMIN_PAGES))]
ADMIN = [route for route in routes() if route.name.startswith(ADMIN_PAGES)]
#: How Django admin turns people away: to the log-in page, or with a plain no.
CLOSED = {"login", "forbidden"}
REFUSALS = {401: "no token", 404: "not found", 403: "forbidden", 405: "no method"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(people: People) -> World:
    return world_of(people.team)


def test_every_address_has_a_rule_and_every_rule_an_address() -> None:
    assert {route.name for route in OURS} == set(POLICY)


def answer(client: Client, method: str, address: str, *, htmx: bool = False, token: str = "") -> str:
    """'login', 'no token', 'no method', 'not found', 'forbidden', 'broken' or 'in': one request, its effects undone."""
    headers = {"HX-Request": "true"} if htmx else {}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    with transaction.atomic():
        response = client.generic(method, address, headers=headers)
        transaction.set_rollback(True)
    if response.headers.get("HX-Redirect", "").startswith("/accounts/login/"):
        return "login"
    if response.status_code == HTTPStatus.FOUND and response["Location"].startswith(
        ("/accounts/login/", "/admin/login/")
    ):
        return "login"
    return REFUSALS.get(response.status_code, "in" if response.status_code < 500 else "broken")


def asked_for(rule: Rule, method: str) -> frozenset[str] | None:
    """Who may use the method; nobody, where it is not there."""
    return {"GET": rule.get, "HEAD": rule.get, "POST": rule.post}.get(method)


def expected(rule: Rule, actor: str, method: str) -> str:
    """What `answer` has to say."""
    if rule.bearer:
        return "no method" if asked_for(rule, method) is None else "no token"
    if rule.get == PUBLIC and method in {"GET", "HEAD"}:
        return "in"
    if actor == "anonymous" and PUBLIC not in {rule.get, rule.post}:
        return "login"
    allowed = asked_for(rule, method)
    if allowed is None:
        return "no method"
    if actor in allowed:
        return "in"
    return "not found" if actor == "outsider" or not rule.of_team else "forbidden"


#: Dealt out to as many tests: each makes one world, and what a request does in it is undone.
HANDFULS = [OURS[place::24] for place in range(24)]


@pytest.mark.parametrize("routes", HANDFULS, ids=lambda routes: routes[0].name)
def test_each_method_of_an_address_answers_each_person_as_the_table_says(
    routes: list[Route], people: People, world: World
) -> None:
    """Everybody reads and writes. Of the other methods everybody asks for one, and somebody who has logged in for each:
    what an address has no method for, it refuses to whoever comes so far. An admin asks for every head."""
    clients = {actor: people.client(actor) for actor in (*sorted(PUBLIC - {"anonymous"}), "anonymous")}
    assert len(clients) > len(OTHERS)
    wrong = {}
    for turn, route in enumerate(routes):
        rule = POLICY[route.name]
        address = reverse(route.name, kwargs=rule.parts(world))
        for place, (actor, client) in enumerate(clients.items(), turn):
            for method in {"GET", "POST", OTHERS[place % len(OTHERS)], "HEAD" if actor == "admin" else "GET"}:
                wanted = expected(rule, actor, method)
                both = method in {"GET", "POST"} and (wanted != "in" or actor == "admin")
                for htmx in (False, True) if both else (False,):
                    if (found := answer(client, method, address, htmx=htmx)) != wanted:
                        wrong[address, actor, method, "htmx" if htmx else "plain"] = (found, wanted)
    assert not wrong, f"(found, wanted) {wrong}"


@pytest.fixture
def bearers(people: People) -> dict[str, str]:
    """The text of a token of each sort, by what makes it so; all but one are the team's."""
    made = {"reading": token_for(people.activator, people.team, Token.Scope.READ)}
    for name in ("writing", "ended", "over"):
        made[name] = token_for(people.activator, people.team)
    made["elsewhere"] = token_for(people.outsider, people.outsider.memberships.get().team)
    left = MembershipFactory.create(team=people.team, role=Role.ACTIVATOR)
    made["whose maker left"] = token_for(left.user, people.team)
    left.ends_on = left.starts_on
    left.save()
    closed = MembershipFactory.create(team=people.team, role=Role.ACTIVATOR).user
    made["whose maker's account is closed"] = token_for(closed, people.team)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    now_viewer = MembershipFactory.create(team=people.team, role=Role.ACTIVATOR)
    made["whose maker reads now"] = token_for(now_viewer.user, people.team)
    Membership.objects.filter(pk=now_viewer.pk).update(role=Role.VIEWER)
    tokens.end(tokens.bearer(made["ended"]).token)  # type: ignore[union-attr]
    over = tokens.bearer(made["over"])
    assert over is not None
    Token.objects.filter(pk=over.token.pk).update(expires_on=clock.today() - timedelta(days=1))
    return made | {"made up": "lifecycle_" + "x" * 43, "no text": "\N{SNOWMAN}"}


def expected_of(holder: str, rule: Rule, method: str) -> str:
    """What `answer` has to say to a token."""
    allowed = asked_for(rule, method)
    if allowed is None:
        return "no method"
    if holder not in {"reading", "writing", "elsewhere", "whose maker reads now"}:
        return "no token"
    if holder == "elsewhere":
        return "not found" if rule.of_team else "in"
    may = "reading" if holder == "whose maker reads now" else holder
    return "in" if may in allowed else "forbidden"


@pytest.mark.parametrize("route", [one for one in OURS if POLICY[one.name].bearer], ids=lambda route: route.name)
def test_each_method_of_the_api_answers_each_token_as_the_table_says(
    route: Route, people: People, world: World, bearers: dict[str, str]
) -> None:
    rule = POLICY[route.name]
    address = reverse(route.name, kwargs=rule.parts(world))
    wrong = {}
    for holder, text in bearers.items():
        for method in METHODS:
            wanted = expected_of(holder, rule, method)
            if (found := answer(Client(), method, address, token=text)) != wanted:
                wrong[holder, method] = (found, wanted)
    assert not wrong, f"{address}: (found, wanted) {wrong}"


def test_a_token_opens_no_page(people: People, world: World, bearers: dict[str, str]) -> None:
    for route in OURS:
        rule = POLICY[route.name]
        if not rule.bearer and PUBLIC not in {rule.get, rule.post}:
            address = reverse(route.name, kwargs=rule.parts(world))
            assert answer(Client(), "GET" if rule.get else "POST", address, token=bearers["writing"]) == "login"


#: Addresses whose other part is a definition of the organisation, not a row of a team.
SHARED = {"metrics:number", "metrics:kind-decisions", "teams:milestone-events", "teams:milestone-comments"}
SHARED |= {f"{name}-{form}" for name in ("metrics:number", "teams:table") for form in FORMS}
NAMING_A_ROW = [route for route in OURS if len(route.parameters) > 1 and "slug" in route.parameters]


@pytest.mark.parametrize(
    "route",
    [each for each in NAMING_A_ROW if each.name not in SHARED and not each.name.startswith("guide:")],
    ids=lambda route: route.name,
)
def test_an_address_that_mixes_two_teams_is_not_found(route: Route, people: People, world: World) -> None:
    """My team's address with another team's row in it: as if the row did not exist."""
    other = world_of(people.outsider.memberships.get().team)
    parts = {**POLICY[route.name].parts(other), "slug": people.team.slug}
    if route.name == "teams:decision":
        parts["seq"] = 99
    address = reverse(route.name, kwargs=parts)
    method = "GET" if POLICY[route.name].get else "POST"
    assert answer(people.client("admin"), method, address) == "not found"


def test_django_admin_is_for_admins(people: People) -> None:
    addresses = ["/" + re.sub("<[^>]+>", "1", route.pattern) for route in ADMIN if "^" not in route.pattern]
    assert len(addresses) > 50
    wrong = {}
    for actor in sorted(PUBLIC - {"admin"}):
        client = people.client(actor)
        for address in addresses:
            if address not in {"/admin/login/", "/admin/logout/"} and answer(client, "GET", address) not in CLOSED:
                wrong[actor, address] = answer(client, "GET", address)
    assert not wrong


def test_nobody_signs_up(client: Client) -> None:
    response = client.post(
        reverse("account_signup"),
        {
            "username": "new",
            "email": "new@people.example",
            "password1": "a long password",
            "password2": "a long password",
        },
    )
    assert b"by invitation" in response.content.lower()
    assert not User.objects.filter(username="new").exists()
