"""One person's browser, as far as the server sees it: a connection that stays open, a log-in, pages, a tick."""

import gzip
import http.client
import re
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final
from urllib.parse import urlencode, urlsplit

from teams.models import User
from tests.production.serving import COOKIE, session_of

TOKEN: Final = re.compile(r'"X-CSRFToken": "(\w+)"')
#: The form of a milestone that can be ticked, or whose tick can be taken back, with what it sends along.
TICK: Final = re.compile(
    r'hx-post="([^"]+/milestones/[^"]+)"(?:(?!</form>).)*?name="seen" value="(\d+)"'
    r'(?:(?!</form>).)*?name="action" value="(done|undo)"',
    re.DOTALL,
)


@dataclass
class Browser:
    """What one person keeps between requests."""

    address: str
    user: User
    slugs: list[str]
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        self.cookies[COOKIE] = session_of(self.user)

    def ask(self, path: str, *, method: str = "GET", body: str | None = None, **headers: str) -> float:
        """Seconds until the whole answer is there. Raises RuntimeError for any but a good one."""
        sent = {
            "Host": "localhost",
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(map("=".join, self.cookies.items())),
        }
        begin = perf_counter()
        self.connection.request(method, path, body, sent | headers)
        answer = self.connection.getresponse()
        data = answer.read()
        taken = perf_counter() - begin
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.page = (gzip.decompress(data) if answer.headers.get("Content-Encoding") == "gzip" else data).decode()
        return taken

    def portfolio(self, number: int) -> float:
        """Their teams."""
        return self.ask("/")

    def team(self, number: int) -> float:
        """One of them."""
        return self.ask(f"/teams/{self.slugs[number % len(self.slugs)]}/")

    def tick(self, number: int) -> float:
        """A milestone of the team whose page they have, done or undone."""
        token, form = TOKEN.search(self.page), TICK.search(self.page)
        if not (token and form):
            raise RuntimeError(f"no milestone to tick on the page of {len(self.page)}")
        sent = {"X-CSRFToken": token[1], "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(form[1], method="POST", body=urlencode({"seen": form[2], "action": form[3]}), **sent)

    def contributors(self, number: int) -> float:
        """The people of one team."""
        return self.ask(f"/teams/{self.slugs[number % len(self.slugs)]}/contributors/")
