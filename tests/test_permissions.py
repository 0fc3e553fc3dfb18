"""The permission table over every address and every method: nobody is anywhere they do not belong."""

import re
from http import HTTPStatus

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.conftest import People
from tests.policy import ADMIN_PAGES, LOGIN_PAGES, POLICY, PUBLIC, Rule
from tests.routes import Route, routes
from tests.world import World, world_of

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
OURS = [route for route in routes() if not route.name.startswith((LOGIN_PAGES, ADMIN_PAGES))]
ADMIN = [route for route in routes() if route.name.startswith(ADMIN_PAGES)]
#: How Django admin turns people away: to the log-in page, or with a plain no.
CLOSED = {"login", "forbidden"}
REFUSALS = {404: "not found", 403: "forbidden", 405: "no method"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(people: People) -> World:
    return world_of(people.team)


def test_every_address_has_a_rule_and_every_rule_an_address() -> None:
    assert {route.name for route in OURS} == set(POLICY)


def answer(client: Client, method: str, address: str, *, htmx: bool = False) -> str:
    """'login', 'no method', 'not found', 'forbidden', 'broken' or 'in': one request, whose effects are undone."""
    headers = {"HX-Request": "true"} if htmx else {}
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


def expected(rule: Rule, actor: str, method: str) -> str:
    """What `answer` has to say."""
    if rule.get == PUBLIC and method in {"GET", "HEAD"}:
        return "in"
    if actor == "anonymous" and PUBLIC not in {rule.get, rule.post}:
        return "login"
    allowed = {"GET": rule.get, "HEAD": rule.get, "POST": rule.post}.get(method)
    if allowed is None:
        return "no method"
    if actor in allowed:
        return "in"
    return "not found" if actor == "outsider" or not rule.of_team else "forbidden"


@pytest.mark.parametrize("route", OURS, ids=lambda route: route.name)
def test_each_method_of_an_address_answers_each_person_as_the_table_says(
    route: Route, people: People, world: World
) -> None:
    rule = POLICY[route.name]
    address = reverse(route.name, kwargs=rule.parts(world))
    wrong = {}
    for actor in sorted(PUBLIC):
        client = people.client(actor)
        for method in METHODS:
            wanted = expected(rule, actor, method)
            for htmx in (False, True) if method in {"GET", "POST"} else (False,):
                if (found := answer(client, method, address, htmx=htmx)) != wanted:
                    wrong[actor, method, "htmx" if htmx else "plain"] = (found, wanted)
    assert not wrong, f"{address}: (found, wanted) {wrong}"


#: Addresses whose other part is a definition of the organisation, not a row of a team.
SHARED = {"metrics:number", "metrics:number-csv", "metrics:kind-decisions", "teams:milestone-events"}
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
    assert b"closed" in response.content.lower()
