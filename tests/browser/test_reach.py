"""The demo organisation walked by its links: nothing is more than three clicks away, no link is dead, and every number
is the one that its explanation tells.
"""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from teams.models import Membership, Role, Team, User
from tests.figures import faults

pytestmark = pytest.mark.django_db(transaction=True)

CLICKS = 3
#: Addresses of one view that are opened, those of the team that has everything first: the next ones are alike.
OF_A_VIEW = 1
WHOLE = "/teams/lantern/"
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
NUMBER = re.compile(r"[+\N{MINUS SIGN}]?(\d+)")
#: Where numbers lead to their explanations.
PAGES_OF_NUMBERS = ("/", "/insights/", "/teams/lantern/", "/teams/lantern/pathways/", "/teams/lantern/numbers/")
#: What everybody has to come to, and what only some have.
PAGES = {
    "teams:portfolio",
    "teams:portfolio-number",
    "teams:account",
    "teams:team",
    "teams:history",
    "teams:decision",
    "teams:people",
    "pathways:pathways",
    "pathways:pathway",
    "pathways:contributors",
    "pathways:contributor",
    "metrics:numbers",
    "metrics:number",
    "metrics:active-contributors",
    "metrics:data",
    "metrics:source",
    "metrics:import",
    "guide:guide",
    "guide:stage",
    "guide:earlier",
    "guide:facet",
    "guide:words",
}
WORKING = {
    "pathways:details",
    "pathways:steps",
    "pathways:points",
    "pathways:likenesses",
    "metrics:tokens",
    "teams:risk",
}
ADMIN = {"admin:index", "admin:teams_team_add"}


@dataclass
class Walk:
    """What one reader came to: each view with the clicks it took, and what did not answer."""

    clicks: dict[str, int] = field(default_factory=dict)
    dead: dict[str, tuple[int, str]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def links(page: str, body: str) -> list[tuple[str, str]]:
    """The addresses of this site on a page, each with its words."""
    found = []
    for href, words in LINK.findall(body):
        there = urlsplit(urljoin(page, unescape(href)))
        if not there.netloc and there.scheme == "" and there.path.startswith("/") and not href.startswith("#"):
            address = f"{there.path}?{there.query}" if there.query else there.path
            found.append((address, re.sub(r"<span class=\"visually-hidden\">.*?</span>|<[^>]+>", "", words).strip()))
    return found


def view_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return f"nothing at {address}"


def walk(user: User) -> Walk:
    """By links from the landing page, in three clicks; of each view and way of asking a few addresses."""
    client, told, opened = client_of(user), Walk(), Counter[str]()
    waiting, seen = deque([("/", 0, "")]), {"/"}
    while waiting:
        address, clicks, came_from = waiting.popleft()
        view = view_of(address)
        kind = view if not view.startswith("admin:") else "admin" if view not in ADMIN else view
        if opened[kind] >= OF_A_VIEW:
            continue
        opened[kind] += 1
        response = client.get(address)
        told.clicks.setdefault(view, clicks)
        if response.status_code >= 400:
            told.dead[address] = (response.status_code, came_from)
        if view.startswith("admin:") or response.streaming or not response["Content-Type"].startswith("text/html"):
            continue
        if response.status_code != 200:
            continue
        told.pages[address] = response.content.decode()
        if clicks < CLICKS:
            for there, _words in sorted(links(address, told.pages[address]), key=lambda link: WHOLE not in link[0]):
                if there not in seen:
                    seen.add(there)
                    waiting.append((there, clicks + 1, address))
    return told


@pytest.mark.parametrize(
    ("who", "wanted"),
    [("ines", {"teams:risk"}), ("ada", WORKING | ADMIN), ("vera", set[str]())],
)
def test_every_page_is_three_clicks_away_and_no_link_is_dead(demo: list[Team], who: str, wanted: set[str]) -> None:
    if who == "vera":  # who only reads
        reader = User.objects.create(username=who, email="vera@demo.example")
        lantern = Team.objects.get(slug="lantern")
        Membership.objects.create(team=lantern, user=reader, role=Role.VIEWER, starts_on=lantern.entered_on)
    told = walk(User.objects.get(username=who))
    assert not told.dead
    assert sorted((PAGES | wanted) - set(told.clicks)) == []
    for address, body in told.pages.items():
        ids = re.findall(r'\sid="([^"]+)"', body)
        assert len(ids) == len(set(ids)), (address, [each for each, times in Counter(ids).items() if times > 1])
        assert body.count("<h1") == 1, address
        assert faults(body, view_of(address)) == [], address


def test_every_number_is_the_one_that_its_explanation_tells(demo: list[Team]) -> None:
    client = client_of(User.objects.get(username="ada"))
    wrong, opened = {}, Counter[tuple[str, ...]]()
    for page in PAGES_OF_NUMBERS:
        for address, words in links(page, client.get(page).content.decode()):
            asked = parse_qs(urlsplit(address).query)
            kind = (page, view_of(address), *(asked.get(name, [""])[0] for name in ("level", "flow", "pathway", "to")))
            number = NUMBER.fullmatch(words)
            if number is None or "/numbers/" not in address or opened[kind] >= 2:
                continue
            opened[kind] += 1
            body = client.get(address).content.decode()
            told = re.findall(r'<strong class="figure">([^<]*)</strong>|<dd>(\d+)</dd>', body)
            numbers = {NUMBER.sub(r"\1", text) for pair in told for text in pair}
            if number[1] not in numbers:
                wrong[page, address] = (words, numbers)
    assert not wrong
    assert opened.total() > 40
