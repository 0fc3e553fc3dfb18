"""Perceval's JSON lines: reading them against Python's own reader of the same lines, and the whole import."""

import io
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from django.db import connection

from benchmarks.deliveries import NOON, SEED, new_source, read, received, removed
from benchmarks.line import Line, Taken, race, ratio, seconds
from benchmarks.stock import Stock
from metrics import imports
from metrics.models import Import, Source
from metrics.sources import Options, perceval

ITEMS: Final = 100_000
REPEATS: Final = 3
ORIGIN: Final = "https://code.example/tool.git"
OFFSETS: Final = [timezone(timedelta(minutes=minutes)) for minutes in (-480, -300, 0, 60, 120, 330, 540)]


def items(count: int, *, host: str) -> bytes:
    """So many commits as the git backend writes them, with a message and a file or two, by heavy-tailed people."""
    return "".join(f"{json.dumps(item, sort_keys=True)}\n" for item in _commits(count, host)).encode()


def _commits(count: int, host: str) -> Iterator[dict[str, object]]:
    dice = random.Random(SEED)
    parent = f"{dice.getrandbits(160):040x}"
    for number in range(count):
        key = f"{dice.getrandbits(160):040x}"
        person = int(count / 14 * dice.random() ** 3)
        who = f"New Person {person} <person-{person}@{host}>"
        moment = datetime.fromtimestamp(NOON - int(dice.random() * 5 * 365 * 86400), UTC)
        told = f"{moment.astimezone(dice.choice(OFFSETS)):%a %b %d %H:%M:%S %Y %z}"
        files = [
            {
                "action": "M",
                "added": "3",
                "file": f"source/part-{dice.randrange(90)}/file-{number % 97}.py",
                "indexes": [f"{dice.getrandbits(28):07x}", f"{dice.getrandbits(28):07x}"],
                "modes": ["100644", "100644"],
                "removed": "1",
            }
            for _ in range(dice.randrange(3))
        ]
        data = {
            **{"Author": who, "AuthorDate": told, "Commit": who, "CommitDate": told, "commit": key, "files": files},
            **{"message": f"Mend part {number}\n\nAs it was asked for.", "parents": [parent], "refs": []},
        }
        parent = key
        yield {
            **{"backend_name": "Git", "backend_version": "1.0.1", "category": "commit", "data": data, "offset": key},
            **{"classified_fields_filtered": None, "origin": ORIGIN, "tag": ORIGIN, "perceval_version": "1.6.1"},
            **{"search_fields": {"item_id": key}, "timestamp": 1795353836.12, "updated_on": moment.timestamp()},
            "uuid": f"{dice.getrandbits(160):040x}",
        }


def parsed(data: bytes) -> int:
    """The lines as the standard library reads them."""
    return sum(1 for line in io.BytesIO(data) if json.loads(line))


def adapted(data: bytes) -> int:
    """The lines as our adapter reads them, batch by batch: contributions."""
    rows = 0
    for batch in perceval.read(io.BytesIO(data), Options()):
        if batch.problems:
            raise RuntimeError("a problem in what has none")
        rows += len(batch.rows)
    return rows


def copied(data: bytes) -> None:
    """The limit of the whole import: the lines read, and what is needed of them copied into a heap without a log."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare; CREATE UNLOGGED TABLE bare (id text, who text, told text)")
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for line in io.BytesIO(data):
                commit = json.loads(line)["data"]
                copy.write_row((commit["commit"], commit["Author"], commit["AuthorDate"]))
        cursor.execute("DROP TABLE bare")


def measure(stock: Stock) -> list[Line]:
    """Reading alone, and from the file to the contributions, each time by people whom nobody knows."""
    data = items(ITEMS, host="of-0000.example")
    adapter, library = race(lambda: adapted(data), lambda: parsed(data))
    note = f"{ITEMS:,} git items, {len(data) / 2**20:.0f} MiB"
    reading = ratio("Perceval items: reading / json.loads of the same lines", adapter, library, 2, note=note)
    what = "Perceval items: import / json.loads and a bare COPY"
    if Source.Type.PERCEVAL not in imports.ADAPTERS:
        return [reading, Line(what, None, 3)]
    stock.use(stock.full)
    whole, bare = Taken(), Taken()
    for number in range(REPEATS):
        mine = data.replace(b"@of-0000.", b"@of-%04d." % (number + 1))
        bare.seconds.append(seconds(lambda mine=mine: copied(mine)))  # type: ignore[misc]
        source = new_source()
        source.type = Source.Type.PERCEVAL
        source.save(update_fields=["type"])
        whole.seconds.append(_imported(received(source, mine)))
    return [reading, ratio(what, whole, bare, 3, note=f"{note}; received before, not recounted")]


def _imported(delivery: Import) -> float:
    spent = seconds(lambda: read(delivery))
    delivery.refresh_from_db()
    if (delivery.state, delivery.new) != (Import.State.DONE, ITEMS):
        raise RuntimeError(f"{delivery.state}: {delivery.new} new of {delivery.rows}")
    removed(delivery)
    return spent
