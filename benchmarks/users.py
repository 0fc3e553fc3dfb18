"""The web process as production runs it, over loopback: a page against a bare one, many people against one alone."""

import itertools
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from django.db import connections

from benchmarks.incremental import probe
from benchmarks.line import Line, Taken, race, ratio
from benchmarks.reader import Browser
from benchmarks.stock import Stock
from lifecycle import clock
from teams.models import Membership, Role, User
from tests.production.serving import served

#: Requests of one repetition.
REQUESTS = 20
USERS, THINK, EACH = 50, 1.0, 32
#: One user alone thinks less: nobody else is waited for, and the run is shorter.
ALONE, ALONE_THINK = 120, 0.1


@contextmanager
def web() -> Iterator[str]:
    """The product's gunicorn, with the bare page beside it."""
    with tempfile.TemporaryDirectory(prefix="lifecycle-web-") as folder:
        more = {"DJANGO_SETTINGS_MODULE": "benchmarks.web", "LOG_LEVEL": "ERROR"}
        with served(Path(folder), more=more, skip="admin") as address:
            yield address


def partners(address: str, number: int) -> list[Browser]:
    """So many partners, each with the teams that they guide; and work in, or they could not tick."""
    guided: dict[int, list[str]] = {}
    told = {"role": Role.ACTIVATOR, "starts_on": clock.today(), "accepted_at": clock.now()}
    for held in Membership.objects.filter(role=Role.PARTNER).select_related("team"):
        guided.setdefault(held.user_id, []).append(held.team.slug)
        Membership.objects.get_or_create(user_id=held.user_id, team=held.team, role=Role.ACTIVATOR, defaults=told)
    users = User.objects.in_bulk(list(guided))
    chosen = itertools.islice(itertools.cycle(sorted(guided)), number)
    return [Browser(address, users[user_id], guided[user_id]) for user_id in chosen]


@dataclass
class Session:
    """What one person does, over and over: looks at the teams, opens one, ticks, looks at its people."""

    browser: Browser
    think: float
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def work(self, requests: int, delay: float = 0) -> None:
        """So many requests, with a pause to think before each."""
        steps = (self.browser.portfolio, self.browser.team, self.browser.tick, self.browser.contributors)
        time.sleep(delay)
        for number in range(requests):
            time.sleep(self.think)
            try:
                self.seconds.append(steps[number % len(steps)](number // len(steps)))
            except (OSError, RuntimeError) as error:
                self.errors.append(str(error))


def together(sessions: list[Session], requests: int) -> tuple[float, list[str]]:
    """The 95th percentile of the seconds of all requests, and what went wrong. They begin spread over a pause."""
    threads = [
        threading.Thread(target=session.work, args=(requests, session.think * place / len(sessions)))
        for place, session in enumerate(sessions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = [taken for session in sessions for taken in session.seconds]
    return quantiles(seconds, n=20)[-1], [error for session in sessions for error in session.errors]


def _against_bare(name: str, browser: Browser, path: str) -> Line:
    """A page against a bare one that is as long."""
    browser.ask(path)
    bare = f"/bare/{len(browser.page)}/"

    def asked(what: str) -> None:
        for _number in range(REQUESTS):
            browser.ask(what)

    page, plain = race(lambda: asked(path), lambda: asked(bare))
    note = f"{len(browser.page):,} characters, {REQUESTS} requests, gunicorn over loopback"
    return ratio(f"{name} / a bare page of its size", page, plain, 4, note=note)


def measure(stock: Stock) -> list[Line]:
    """Two pages against a bare one; one person alone, then fifty."""
    stock.use(stock.full)
    with web() as address:
        admin, _made = User.objects.get_or_create(
            username="reader", defaults={"is_staff": True, "email": "reader@people.example"}
        )
        reader = Browser(address, admin, [])
        lines = [
            _against_bare("portfolio", reader, "/"),
            _against_bare("team dashboard", reader, f"/teams/{probe(2)[0].slug}/"),
        ]
        browsers = partners(address, USERS)
        connections.close_all()
        together([Session(browser, 0) for browser in browsers], 4)  # each thread and connection has learnt its work
        one, lone_errors = together([Session(browsers[0], ALONE_THINK)], ALONE)
        many, errors = together([Session(browser, THINK) for browser in browsers], EACH)
    what = f"{USERS} people, {THINK:g} second to think"
    note = f"portfolio, team, tick, contributors in turn; {USERS * EACH:,} requests against {ALONE}"
    return [
        *lines,
        ratio(f"{what}: p95 / of one alone", Taken([many]), Taken([one]), 4, note=note),
        Line(f"{what}: errors", len(errors + lone_errors), 0, unit="errors", repeats=1, note="; ".join(errors[:3])),
    ]
