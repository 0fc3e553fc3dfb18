"""Who is not logged in finds the way back to a page, and what is personal is kept by no cache."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.conftest import People

pytestmark = pytest.mark.django_db


def test_a_page_is_come_back_to_as_it_was_asked_for(client: Client) -> None:
    response = client.get("/teams/lantern/?show=missing")
    assert response["Location"] == "/accounts/login/?next=/teams/lantern/%3Fshow%3Dmissing"


def test_a_post_comes_back_to_the_page_it_was_sent_from(client: Client) -> None:
    response = client.post("/teams/lantern/risks/", headers={"Referer": "http://testserver/teams/lantern/"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/teams/lantern/")


def test_a_fragment_takes_the_whole_window_along(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/teams/lantern/?show=missing"}
    response = client.get("/teams/lantern/gate/", headers=headers)
    assert (response.status_code, response.content) == (200, b"")
    assert response["HX-Redirect"] == "/accounts/login/?next=/teams/lantern/%3Fshow%3Dmissing"


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Current-URL": "http://testserver/teams/lantern/"}])
def test_whoever_wrote_something_while_the_log_in_ended_gets_it_back(client: Client, headers: dict[str, str]) -> None:
    sent = {"note": "Talked about <newcomers>", "action": "done", "password": "two words"}
    headers = {"Referer": "http://testserver/teams/lantern/", **headers}
    response = client.post("/teams/lantern/risks/", sent, headers=headers)
    assert (response.status_code, response["HX-Retarget"]) == (401, "body")
    assert b"Talked about &lt;newcomers&gt;" in response.content
    assert b'href="/accounts/login/?next=/teams/lantern/"' in response.content
    assert b"two words" not in response.content


@pytest.mark.parametrize("stranger", ["https://evil.example/teams/lantern/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_to_another_place(client: Client, stranger: str) -> None:
    response = client.post("/teams/lantern/risks/", headers={"Referer": stranger})
    assert response["Location"] == "/accounts/login/?next=/"


def test_what_a_reader_sees_is_kept_by_no_cache(people: People) -> None:
    answer = people.client("viewer").get(people.team.get_absolute_url())
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert answer["Permissions-Policy"].startswith("camera=()")


def test_nobody_changes_the_address_that_tells_who_is_left_out() -> None:
    """An account's e-mail decides whose contributions do not count at their own gate: only an admin changes it."""
    with pytest.raises(NoReverseMatch):
        reverse("account_email")


def test_the_page_speaks_the_language_it_says(people: People) -> None:
    answer = people.client("viewer").get("/", headers={"Accept-Language": "de"})
    assert b'<html lang="en"' in answer.content
