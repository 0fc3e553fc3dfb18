"""The portfolio and a team's page: what they ask of the database in small and large, and how many a second."""

from collections.abc import Callable, Sequence
from time import perf_counter

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.urls import include, path
from django.views.decorators.http import require_safe

from benchmarks.incremental import probe
from benchmarks.line import Line, Taken, inside, race, ratio, seconds
from benchmarks.stock import Organisation, Stock
from teams import portfolio
from teams.models import Team, User

#: Requests of one repetition.
REQUESTS = 20
#: Requests whose time inside the database is taken: it is a few milliseconds, and a busy machine adds one now and then.
ROUNDS = 15

BARE = """<!doctype html><html><body><h1>Teams</h1><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}
</table></body></html>"""
_rows: list[Sequence[object]] = []


@require_safe
def bare(request: HttpRequest) -> HttpResponse:
    """The same fifty rows, read before, in the plainest table."""
    return HttpResponse(engines["django"].from_string(BARE).render({"rows": _rows}, request))


urlpatterns = [path("bare/", bare), path("", include("lifecycle.urls"))]


def reader() -> Client:
    """An admin, who sees every team."""
    admin, _made = User.objects.get_or_create(
        username="reader", defaults={"is_staff": True, "email": "reader@people.example"}
    )
    client = Client(headers={"host": "localhost"})
    client.force_login(admin)
    return client


def asked(client: Client, address: str, number: int = REQUESTS) -> None:
    """So many requests."""
    for _ in range(number):
        response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code}")


def _database(stock: Stock, where: Sequence[Organisation], address: Callable[[], str]) -> tuple[list[Taken], list[int]]:
    """Seconds inside the database of one request, in each organisation in turn; and the statements."""
    taken: list[Taken] = [Taken() for _ in where]
    statements = [0 for _ in where]
    for number in range(ROUNDS + 1):
        for place, organisation in enumerate(where):
            stock.use(organisation)
            client, page = reader(), address()
            asked(client, page, 1)  # a connection of its own has to learn the tables first
            if number == 0:
                _know_glances()
            cache.clear()  # a page that is made, and not one that is kept
            with inside() as spent:
                asked(client, page, 1)
            statements[place] = spent.statements
            if number:
                taken[place].seconds.append(spent.seconds)
    return taken, statements


def _know_glances() -> None:
    """What autovacuum does within a minute: the first request made the rows, of which the planner knows nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE teams_glance")


def _growth(stock: Stock, name: str, address: Callable[[], str]) -> list[Line]:
    (few, small, full), statements = _database(stock, (stock.few, stock.small, stock.full), address)
    note = f"made anew: {statements[-1]} statements"
    teams = f"{stock.small.teams:,} teams against {stock.few.teams:,}"
    rows = f"{stock.full.rows:,} rows against {stock.small.rows:,}"
    return [
        ratio(f"{name}, database part: more teams", small, few, 1.2, note=f"{teams}; {note}"),
        ratio(f"{name}, database part: more rows", full, small, 1.2, note=f"{rows}; {note}"),
    ]


def _team_page() -> str:
    return f"/teams/{probe(2)[0].slug}/"


def _unchanged(client: Client) -> Line:
    """A page asked for again by somebody who has it."""
    what = "portfolio: 304 against 200, requests per second"
    response = client.get("/")
    tag = response.headers.get("ETag")
    again = client.get("/", headers={"if-none-match": tag}) if tag else None
    if tag is None or again is None or again.status_code != 304:
        return Line(what, None, 3, at_least=True, note="the page has no ETag")

    def unchanged() -> None:
        for _ in range(REQUESTS):
            client.get("/", headers={"if-none-match": tag})

    page, kept = race(lambda: asked(client, "/"), unchanged)
    return Line(what, page.median / kept.median, 3, at_least=True, took=f"{page} against {kept} for {REQUESTS}")


def _one_changed(client: Client) -> Taken:
    """The page again, each time after another change of one team: that team is judged again, its card drawn again."""
    team = probe(2)[0]

    def change() -> None:
        Team.objects.filter(pk=team.pk).update(about=str(perf_counter()))

    taken = Taken()
    for _ in range(5):
        change()
        taken.seconds.append(seconds(lambda: asked(client, "/", 1)))
    return taken


def measure(stock: Stock) -> list[Line]:
    """The lines of both pages."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it
    lines = [*_growth(stock, "portfolio", lambda: "/"), *_growth(stock, "team page", _team_page)]
    stock.use(stock.full)
    client = reader()
    admin = User.objects.get(username="reader")
    shown = portfolio.look(admin, {}, None).rows
    _rows[:] = [
        (
            row.name,
            row.stage_name,
            row.outcome,
            row.settled,
            row.mover,
            row.active,
            row.change_in_words,
            row.high_risks,
            row.days_silent,
            row.complete_to,
        )
        for row in shown
    ]
    with override_settings(ROOT_URLCONF="benchmarks.pages"):
        page, plain = race(lambda: asked(client, "/"), lambda: asked(client, "/bare/"))
    rate = f"{REQUESTS / page.median:,.0f} against {REQUESTS / plain.median:,.0f} requests/s, one process, no network"
    return [
        *lines,
        Line(
            "portfolio: requests per second / bare Django page with the same 50 rows",
            plain.median / page.median,
            0.6,
            at_least=True,
            took=rate,
            note=f"{Team.objects.count():,} teams; {_one_changed(client)} after one of them has changed",
        ),
        _unchanged(client),
    ]
