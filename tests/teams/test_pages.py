"""What every page of the teams app promises: one h1, no inline style or script, sealed against strangers."""

import re

import pytest

from teams import promotion
from tests.conftest import People
from tests.factories import MilestoneFactory, TeamRiskFactory

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/?view=table",
    "/account/",
    "/account/notifications/",
    "/notifications/",
    "/teams/lantern/",
    "/teams/lantern/?show=missing&population=staff",
    "/teams/lantern/history/",
    "/teams/lantern/history/1/",
    "/teams/lantern/people/",
    "/teams/lantern/risks/{risk}/",
    "/accounts/logout/",
    "/accounts/password/change/",
]
OUTSIDE = ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/signup/"]


@pytest.fixture
def pages(people: People) -> list[str]:
    promotion.enter(people.team, actor=people.admin, on=people.team.entered_on)
    MilestoneFactory.create(stage=people.team.stage)
    risk = TeamRiskFactory.create(team=people.team, raised_by=people.activator)
    return [page.format(risk=risk.pk) for page in PAGES]


def check(body: str) -> None:
    assert len(re.findall(r"<h1[ >]", body)) == 1
    assert '<html lang="en">' in body
    assert "<title>" in body
    assert not re.search(r"<[^>]+\sstyle=", body), "an inline style is refused by the policy"
    assert not re.search(r"<script(?![^>]*\ssrc=)", body), "an inline script is refused by the policy"
    assert not re.search(r"<[^>]+\son[a-z]+=", body), "so is a handler"
    ids = re.findall(r'\sid="([^"]+)"', body)
    assert len(ids) == len(set(ids)), sorted(each for each in ids if ids.count(each) > 1)
    assert set(re.findall(r'class="skip" href="#([^"]+)"', body)) <= set(ids)
    labelled = re.findall(r'<label[^>]*\sfor="([^"]*)"', body)
    assert set(labelled) <= set(ids)


@pytest.mark.parametrize("who", ["viewer", "activator", "partner", "admin"])
def test_every_page_is_whole(people: People, pages: list[str], who: str) -> None:
    client = people.client(who)
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        check(response.content.decode())
        assert "style-src 'self'" in response["Content-Security-Policy"]
        if page == "/teams/lantern/":
            may_check_in = who != "viewer"
            assert ('class="skip" href="#check_in_held_on"' in response.content.decode()) == may_check_in


@pytest.mark.parametrize("page", OUTSIDE)
def test_pages_before_the_log_in_are_whole(people: People, page: str) -> None:
    response = people.client("anonymous").get(page)
    assert response.status_code == 200
    check(response.content.decode())


def test_a_team_is_not_there_for_an_outsider(people: People, pages: list[str]) -> None:
    client = people.client("outsider")
    for page in pages:
        if page.startswith("/teams/"):
            response = client.get(page)
            assert response.status_code == 404
            assert "Lantern" not in response.content.decode()


def test_the_log_in_works_and_the_log_out_is_a_post(people: People) -> None:
    client = people.client("anonymous")
    response = client.post("/accounts/login/", {"login": "partner", "password": "correct horse battery"})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert 'action="/accounts/logout/"' in client.get("/").content.decode()
    client.post("/accounts/logout/")
    assert client.get("/").status_code == 302
