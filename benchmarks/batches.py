"""Batches that were partly delivered before, into a full table, against the ORM's way to do the same."""

import csv
import hashlib
import io
import random
from datetime import UTC, datetime

from django.db import transaction

from benchmarks.deliveries import additions, read, received, removed, source_of
from benchmarks.incremental import probe
from benchmarks.line import REPEATS, Line, Taken, seconds
from benchmarks.stock import Stock
from metrics.models import Contribution, Import, Source
from pathways.models import Identity, Kind

ROWS = 10_000
PEOPLE = 500


class Undone(Exception):
    """Takes back what the ORM wrote, so that both write the same rows."""


def parsed(data: bytes) -> list[dict[str, str]]:
    """The rows as the standard library reads them."""
    return list(csv.DictReader(io.StringIO(data.decode())))


def by_orm(source: Source, delivery: Import, data: bytes) -> list[Contribution]:
    """The rows as objects: who it was is looked up in one query."""
    rows = parsed(data)
    kind = Kind.objects.get(key="commit")
    known = Identity.objects.filter(email__in={row["author_email"] for row in rows})
    who = {identity.email: identity for identity in known}
    return [
        Contribution(
            team_id=source.team_id,
            key=hashlib.sha256(f"commit {row['commit']}".encode()).digest()[:11],
            occurred_at=datetime.fromtimestamp(int(row["author_ts"]), UTC),
            pathway_id=source.pathway_id,
            contributor_id=who[row["author_email"]].contributor_id,
            identity_id=who[row["author_email"]].pk,
            imported=delivery,
            kind=kind,
            state=0,
        )
        for row in rows
    ]


def measure(stock: Stock) -> list[Line]:
    """Half of each batch has come before. Both ways begin with the file and end with the triggers."""
    stock.use(stock.full)
    _team, pathway, people = probe(2)
    source = source_of(pathway)
    data = additions(random.Random(1).sample(people, PEOPLE), rows=ROWS // 2, days=365, seed=1)
    read(received(source, data))
    ours, theirs, alone, again = Taken(), Taken(), Taken(), Taken()
    for number in range(REPEATS + 1):
        more = additions(random.Random(2).sample(people, PEOPLE), rows=ROWS // 2, days=365, seed=100 + number)
        batch = data + more.split(b"\n", 1)[1]
        delivery = received(source, batch)
        spent, bulk = _orm(source, delivery, batch)
        theirs.seconds.append(spent)
        alone.seconds.append(bulk)
        ours.seconds.append(seconds(lambda delivery=delivery: read(delivery)))  # type: ignore[misc]
        delivery.refresh_from_db()
        if (delivery.new, delivery.duplicate) != (ROWS // 2, ROWS // 2):
            raise RuntimeError(f"{delivery.new} new, {delivery.duplicate} known")
        repeated = received(source, batch)
        again.seconds.append(seconds(lambda repeated=repeated: read(repeated)))  # type: ignore[misc]
        for one in (delivery, repeated):
            removed(one)
        data = batch.split(b"\n", 1)[0] + b"\n" + more.split(b"\n", 1)[1]
    for taken in (ours, theirs, alone, again):
        taken.seconds.pop(0)  # the first round warms up
    rows = f"{ROWS / ours.median:,.0f} rows/s; the same batch again {ROWS / again.median:,.0f} rows/s"
    return [
        Line(
            "batches of 10,000, half of them known / bulk_create(ignore_conflicts)",
            theirs.median / ours.median,
            4,
            at_least=True,
            took=f"{theirs} against {ours}",
            note=f"{rows}; both from the file on; bulk_create alone takes {alone}",
        )
    ]


def _orm(source: Source, delivery: Import, batch: bytes) -> tuple[float, float]:
    bulk = 0.0

    def work() -> None:
        nonlocal bulk
        with transaction.atomic():
            objects = by_orm(source, delivery, batch)
            bulk = seconds(lambda: Contribution.objects.bulk_create(objects, ignore_conflicts=True))
            raise Undone

    def undone() -> None:
        try:
            work()
        except Undone:
            return

    return seconds(undone), bulk
