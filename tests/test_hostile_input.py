"""Whatever is typed or written into an address, the answer is a page: never a 500."""

import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.conftest import People
from tests.policy import POLICY
from tests.routes import routes
from tests.world import World, world_of

pytestmark = pytest.mark.django_db

OURS = [route for route in routes() if route.name in POLICY]
#: Pages whose forms, together, hold every field there is.
PAGES = ["teams:portfolio", "teams:team", "teams:risk", "teams:people", "teams:account", "teams:hand-over"]
PAGES += ["pathways:pathways", "pathways:pathway"]
PAGES += ["pathways:details", "pathways:steps", "pathways:points", "pathways:enrolment", "pathways:contributors"]
PAGES += ["pathways:contributor", "metrics:data", "metrics:tokens"]
PAGES += ["metrics:active-contributors", "metrics:conversions"]
ALSO = {"pair", "person", "decision", "days", "page", "population", "show", "view", "seen", "seen_version", "next"}
ALSO |= {"contributor", "key", "what", "link", "witness"}
#: What databases choke on: no text, and no number of theirs. Each costs a request to every address.
HOSTILE = ["a\0b", "9" * 30]


@pytest.fixture
def world(people: People) -> World:
    return world_of(people.team)


def address_of(name: str, world: World) -> str:
    return reverse(name, kwargs=POLICY[name].parts(world))


def fields(client: Client, world: World) -> set[str]:
    """The names of all fields that the pages' forms send."""
    found = set(ALSO)
    for name in PAGES:
        found |= set(re.findall(r'name="([^"]+)"', client.get(address_of(name, world)).content.decode()))
    return found - {"viewport", "htmx-config", "color-scheme"}


def broken(client: Client, method: str, address: str, typed: dict[str, str]) -> bool:
    with transaction.atomic():
        response = getattr(client, method)(address, typed)
        transaction.set_rollback(True)
    return bool(response.status_code >= 500)


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_nothing_that_is_typed_breaks_an_address(people: People, world: World, hostile: str) -> None:
    client = people.client("admin")
    client.raise_request_exception = False
    typed = dict.fromkeys(fields(client, world), hostile)
    wrong = [
        f"{method} {route.name}"
        for route in OURS
        for method, allowed in (("get", POLICY[route.name].get), ("post", POLICY[route.name].post))
        if allowed and broken(client, method, address_of(route.name, world), typed)
    ]
    assert not wrong
