"""What a first visit to a page brings over the network and says on the console, from the server of production."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from teams.models import Team, User
from tests.browser.conftest import is_trouble
from tests.browser.test_pages import BETWEEN, SCROLLS, addresses
from tests.production.serving import COOKIE, served, session_of

pytestmark = pytest.mark.django_db(transaction=True)

BYTES, REQUESTS = 100 * 1024, 10
WIDE, PHONE = 1440, 390
#: Of the window: half a pixel that a line of text is drawn lower.
UNSEEN = 0.0005
#: Before the page's first line: each element that moves without the reader's doing.
WATCH = """window.shift = 0
new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value })
    .observe({ type: "layout-shift", buffered: true })"""
#: Once the page has been painted again, the observer has been told.
SHIFT = "new Promise(told => requestAnimationFrame(() => setTimeout(() => told(shift))))"


class Load:
    """Each request of one load, with the bytes that came over the network for it: head and compressed body."""

    def __init__(self, network: CDPSession) -> None:
        self.addresses: dict[str, str] = {}
        self.bytes = 0.0
        network.on("Network.requestWillBeSent", self._sent)
        network.on("Network.loadingFinished", self._finished)

    def _sent(self, event: dict[str, object]) -> None:
        address = str(event["request"]["url"])  # type: ignore[index]
        if not address.startswith("data:"):  # drawn by the browser itself, as the calendar in a field for a day
            self.addresses[str(event["requestId"])] = address

    def _finished(self, event: dict[str, float]) -> None:
        self.bytes += event["encodedDataLength"]

    def begin(self) -> None:
        self.addresses.clear()
        self.bytes = 0.0

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(address).netloc for address in self.addresses.values()}


@pytest.fixture
def site(demo: list[Team], tmp_path: Path) -> Iterator[str]:
    with served(tmp_path, skip="admin") as address:
        yield address


def first_visit(page: Page, load: Load, address: str) -> list[str]:
    """What is too much about it."""
    load.begin()
    page.goto(address)
    shift = page.evaluate(SHIFT)
    troubles = [f"{load.bytes:,.0f} bytes"] if load.bytes > BYTES else []
    troubles += [f"{len(load.addresses)} requests"] if len(load.addresses) > REQUESTS else []
    troubles += [f"asks {hosts}"] if (hosts := load.hosts - {urlsplit(page.url).netloc}) else []
    return troubles + ([f"layout shift {shift}"] if shift > UNSEEN else [])


def heard(page: Page) -> list[str]:
    """What the page's scripts fail at and the console complains of, as it comes."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("console", lambda told: said.append(f"{page.url}: {told.text}") if is_trouble(told.text) else None)
    return said


def at_other_widths(page: Page) -> list[str]:
    """Where the page sticks out, on a small phone, a tablet, in a narrow window."""
    found = []
    for width in BETWEEN:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"scrolls sideways ({width})"] if page.evaluate(SCROLLS) else []
    page.set_viewport_size({"width": WIDE, "height": 900})
    return found


def test_a_first_visit_is_light_and_nothing_in_it_moves_or_complains(site: str, chromium: Browser) -> None:
    ada = User.objects.get(username="ada")
    cookie = {"name": COOKIE, "value": session_of(ada), "domain": "localhost", "path": "/", "secure": True}
    found: dict[tuple[str, int], list[str]] = {}
    for width in (WIDE, PHONE):
        context = chromium.new_context(base_url=site, viewport={"width": width, "height": 900})
        page = context.new_page()
        said = heard(page)
        page.add_init_script(WATCH)
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        load = Load(network)
        found |= {("/accounts/login/", width): first_visit(page, load, "/accounts/login/")}
        context.add_cookies([cookie])  # type: ignore[list-item]
        # What comes over the network is the same at any width; what moves is looked for on every fifth page again.
        pages = addresses() if width == WIDE else addresses()[::5]
        for address in pages:
            found[address, width] = first_visit(page, load, address)
            found[address, width] += at_other_widths(page) if width == WIDE else []
        found["the console", width] = said
        context.close()
    assert not any(found.values()), "\n".join(f"{where}: {what}" for where, what in found.items() if what)
