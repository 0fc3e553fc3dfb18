"""The portfolio's 304: only to its reader, only for the page they have, and only while nothing on it has moved."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from lifecycle import kept
from teams.models import Team
from tests.conftest import People
from tests.teams.test_glances import body, cold
from tests.teams.turns import TURNS, Scene, scene_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(people: People, clock: time_machine.Traveller, settings: Settings) -> Scene:
    settings.SESSION_COOKIE_AGE = 10 * 365 * 24 * 3600  # months pass
    return scene_of(people, clock)


def test_who_has_the_page_gets_it_once(scene: Scene) -> None:
    client = scene.people.client("partner")
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    for response in (first, again):
        assert response["Cache-Control"] == "private, no-cache"
        assert "Cookie" in response["Vary"]
        assert response["ETag"] == first["ETag"]


@pytest.mark.parametrize("turn", TURNS)
def test_what_moves_is_shown(scene: Scene, turn: Callable[[Scene], None]) -> None:
    """Both views are asked for what they have kept, before either is made anew; and either is the first once."""
    client = scene.people.client("partner")
    seen = {address: body(client, address)[1:] for address in ("/", "/?view=table")}
    for scene.turns in (1, 2):
        turn(scene)
        for address in sorted(seen, reverse=scene.turns > 1):
            text, tag = seen[address]
            status, new_text, new_tag = body(client, address, tag)
            assert (status == 304) == (new_tag == tag)
            seen[address] = (text if status == 304 else new_text), new_tag
        for address, (text, _tag) in seen.items():
            assert cold(client, address) == text


@pytest.mark.parametrize("other", ["viewer", "activator", "outsider", "admin"])
def test_nobody_gets_a_304_for_somebody_elses_page(scene: Scene, other: str) -> None:
    _status, _text, tag = body(scene.people.client("partner"))
    client = scene.people.client(other)
    status, text, own = body(client, tag=tag)
    assert status == 200
    assert own != tag
    assert text == cold(client)


def test_another_address_or_session_is_another_page(scene: Scene) -> None:
    client = scene.people.client("partner")
    _status, _text, tag = body(client)
    for address in ("/?view=table", "/?sort=name", "/?page=2", "/?x"):
        assert body(client, address, tag)[0] == 200
    assert client.get("/", headers={"if-none-match": tag, "hx-request": "true"}).status_code == 200
    assert body(scene.people.client("partner"), tag=tag)[0] == 200


def test_the_token_on_the_page_is_of_the_secret_that_the_browser_has(scene: Scene, settings: Settings) -> None:
    client = scene.people.client("partner")
    _status, _text, tag = body(client)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    assert body(client, tag=tag)[0] == 200


def test_a_message_comes_through_and_once(scene: Scene) -> None:
    client = scene.people.client("partner")
    _status, _text, tag = body(client)
    response = client.post(f"/teams/{scene.team.slug}/check-ins/", {"note": "Again.", "held_on": "2026-06-17"})
    assert response.status_code == 303
    with_it = client.get("/", headers={"if-none-match": tag})
    assert with_it.status_code == 200
    assert b'class="notice good"' in with_it.content
    assert not with_it.has_header("ETag")
    assert "no-store" in with_it["Cache-Control"]
    assert b'class="notice good"' not in client.get("/").content


def test_an_older_release_is_no_answer(scene: Scene, settings: Settings, tmp_path: Path) -> None:
    client = scene.people.client("partner")
    _status, _text, tag = body(client)
    settings.DEBUG, settings.BASE_DIR = True, tmp_path
    assert body(client, tag=tag)[0] == 200


def test_without_the_cache_the_page_is_made_anew_and_the_log_says_so_once(
    scene: Scene, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    client = scene.people.client("partner")
    expected = body(client)[1]
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}}
    try:
        with caplog.at_level(logging.WARNING, "lifecycle.kept"):
            assert [body(client)[:2] for _ in range(3)] == [(200, expected)] * 3
        assert [record.name for record in caplog.records].count("lifecycle.kept") == 1
    finally:
        kept.ask_again()


def test_what_was_kept_for_one_reader_is_never_shown_to_another(scene: Scene) -> None:
    Team.objects.create(slug="secret", name="Secret", stage=scene.team.stage, entered_on="2026-01-01")
    assert "Secret" in body(scene.people.client("admin"))[1]
    for name in ("viewer", "activator", "partner", "outsider"):
        assert "Secret" not in body(scene.people.client(name))[1]


def test_the_log_out_takes_what_the_browser_kept(people: People) -> None:
    client = people.client("partner")
    assert not client.get("/").has_header("Clear-Site-Data")
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'
