"""When something goes wrong, a page says what, that nothing was changed, and what to do next."""

import re

import pytest
from allauth.core.ratelimit import respond_429
from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.views.defaults import bad_request, server_error

from lifecycle.faults import failed
from teams.models import Team
from tests.conftest import People
from tests.factories import TeamFactory

ASKED = RequestFactory().get("/")


def is_whole(response: HttpResponseBase) -> None:
    body = response.content.decode()  # type: ignore[attr-defined]  # no page here is streamed
    assert len(re.findall("<h1[ >]", body)) == 1
    assert '<p class="lead">' in body
    assert 'href="/"' in body
    assert not re.search(r"<[^>]+\sstyle=|<script(?![^>]*\ssrc=)", body)


@pytest.mark.parametrize("fault", [server_error, lambda asked: bad_request(asked, ValueError())], ids=["500", "400"])
def test_a_fault_is_told_without_the_database(fault: object) -> None:
    """No mark `django_db`: whoever asks it for anything here fails."""
    response = fault(ASKED)  # type: ignore[operator]
    assert response.status_code in {400, 500}
    is_whole(response)


@pytest.mark.parametrize(("fault", "status"), [(OperationalError("gone"), 503), (ValueError("ours"), 500)])
def test_a_database_that_does_not_answer_is_no_fault_of_ours(fault: Exception, status: int) -> None:
    try:
        raise fault
    except (OperationalError, ValueError):
        response = failed(ASKED)
    assert (response.status_code, "Retry-After" in response) == (status, status == 503)
    is_whole(response)


@pytest.mark.django_db
def test_a_stale_form_is_told() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert response.status_code == 403
    is_whole(response)
    assert "Please send it again" in response.content.decode()


@pytest.mark.django_db
def test_too_many_tries_are_told() -> None:
    request: HttpRequest = RequestFactory().get("/accounts/login/")
    response = respond_429(request)
    assert response.status_code == 429
    is_whole(response)
    assert "Too many tries" in response.content.decode()


def test_a_step_that_is_not_ours_and_an_address_that_is_not_there_are_told(people: People) -> None:
    for who, address, status in (("viewer", "/teams/lantern/data/tokens/", 403), ("partner", "/teams/nowhere/", 404)):
        response = people.client(who).get(address)
        assert response.status_code == status
        is_whole(response)


#: Every page of a team that has nothing yet.
EMPTY = [
    "",
    "?show=missing",
    "?population=staff",
    "history/",
    "people/",
    "pathways/",
    "contributors/",
    "contributors/?q=nobody",
    "contributors/near-the-next-level/",
    "contributors/drifting/",
    "contributors/newcomers/",
    "contributors/likenesses/",
    "numbers/",
    "numbers/prospects/",
    "numbers/active-contributors/",
    "numbers/retention/",
    "numbers/flow/",
    "data/",
    "data/tokens/",
]


def test_a_team_with_nothing_has_a_page_everywhere(people: People) -> None:
    team: Team = TeamFactory.create()
    client = people.client("admin")
    for address in EMPTY:
        response = client.get(f"{team.get_absolute_url()}{address}")
        assert response.status_code == 200, address
        assert re.search('class="empty|beginning|Nobody|None', response.content.decode()), address
