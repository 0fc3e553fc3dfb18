"""The first import of a large history through the real path, against the bare COPY of its bytes; and again."""

from django.db import connection

from benchmarks.deliveries import HEADER, elsewhere, history, new_source, read, received, removed
from benchmarks.line import LONG, MINUTE, REPEATS, Line, Taken, ratio, seconds
from benchmarks.stock import Stock
from metrics.models import Import

ROWS = 1_000_000
CHUNK = 2**20


def copied(data: bytes) -> None:
    """The limit: the bytes as they are, as text, into a heap without a log or an index."""
    columns = ", ".join(f"{name} text" for name in HEADER.strip().split(","))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS bare; CREATE UNLOGGED TABLE bare ({columns})")
        with cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy:
            for start in range(0, len(data), CHUNK):
                copy.write(data[start : start + CHUNK])


def _read(delivery: Import, *, new: int) -> float:
    spent = seconds(lambda: read(delivery))
    delivery.refresh_from_db()
    if (delivery.state, delivery.new) != (Import.State.DONE, new):
        raise RuntimeError(f"{delivery.state}: {delivery.new} new of {delivery.rows}")
    removed(delivery)
    return spent


def measure(stock: Stock) -> list[Line]:
    """Each time into a new team's pathway, by people whom nobody knows, beside everything that is there already."""
    stock.use(stock.full)
    rows = min(ROWS, stock.full.rows)
    data = history(rows)
    bare, first, again = Taken(), Taken(), Taken()
    wanted = REPEATS
    while first.repeats < wanted:
        mine = elsewhere(data, first.repeats)
        source = new_source()
        bare.seconds.append(seconds(lambda mine=mine: copied(mine)))  # type: ignore[misc]
        first.seconds.append(_read(received(source, mine), new=rows))
        again.seconds.append(_read(received(source, mine), new=0))
        wanted = 1 if first.median > MINUTE else 3 if first.median > LONG else REPEATS
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare")
    note = f"{rows:,} rows, {len(data) / 2**20:.0f} MiB; received before, not recounted"
    return [
        ratio("first import from CSV / COPY into an unlogged heap", first, bare, 6, note=note),
        ratio("the same file again / the first time", again, first, 0.5, note="nothing is added"),
    ]
