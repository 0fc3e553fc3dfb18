"""A real Chromium, one for the whole run; each person has a window of their own."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from teams.models import User
from tests.chromium import launch

#: Playwright runs an event loop in this thread; the ORM is used beside it, never in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
Window = Callable[..., Page]
#: Milliseconds for anything to come true, on a machine that is busy with the rest of the tests.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything below this folder drives a browser."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, live_server: LiveServer) -> Iterator[Window]:
    """A window in which a person has logged in; every console message and failed script is a failure."""
    troubles: list[str] = []
    contexts = []

    def open_window(
        user: User | None = None,
        *,
        width: int = 1440,
        scheme: str = "light",
        script: bool = True,
        touch: bool = False,
        watched: bool = True,
        **wished: Any,
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]  # "light" or "dark"
            java_script_enabled=script,
            has_touch=touch,
            is_mobile=touch,
            **wished,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        if watched:
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("console", lambda message: troubles.append(message.text) if is_trouble(message.text) else None)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not troubles


def is_trouble(text: str) -> bool:
    """Chromium reports every 4xx answer as an error on the console, which is asserted where it is asked for, and the
    cache that a log-out has emptied."""
    ordinary = ("Failed to load resource", "Response Status Error Code", "Clear-Site-Data")
    return not any(words in text for words in ordinary)
