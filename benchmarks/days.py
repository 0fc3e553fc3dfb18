"""The day change: which teams are due, against one look at every span."""

from datetime import timedelta

from django.db import connection

from benchmarks.line import Line, race, ratio
from benchmarks.organisation import TODAY
from benchmarks.stock import Stock
from metrics import due

TOMORROW = TODAY + timedelta(days=1)
SCAN = "SELECT count(*), max(until_on), sum(population) FROM metrics_span"
#: Whose numbers do change, told the long way: by every span and every measurement.
CHANGED = """
SELECT team_id FROM metrics_span WHERE from_on = %(day)s OR until_on = %(day)s
UNION SELECT team_id FROM teams_measurement WHERE valid_until = %(day)s::date - 1
"""


def scan() -> None:
    """Every span, in one process."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0; SET enable_indexonlyscan = off; SET jit = off")
        cursor.execute(SCAN)
        cursor.execute("RESET max_parallel_workers_per_gather; RESET enable_indexonlyscan; RESET jit")


def measure(stock: Stock) -> list[Line]:
    """The step from the last day to the next, a Saturday: no week ends."""
    stock.use(stock.full)
    scanned, found = race(scan, lambda: due.teams(TOMORROW))
    teams = due.teams(TOMORROW)
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, {"day": TOMORROW})
        changed = {team for (team,) in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM metrics_span")
        (spans,) = cursor.fetchone()
    return [
        ratio("day change: who is due / scan of the spans", found, scanned, 0.05, note=f"{spans:,} spans"),
        Line(
            "day change: teams due without a span border",
            len(set(teams) - changed),
            0,
            "teams",
            took=f"{len(teams):,} of {stock.full.teams:,} are due, {len(changed - set(teams))} missing",
            repeats=1,
        ),
    ]
