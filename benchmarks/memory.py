"""How much memory a worker needs for a file, small or large."""

import multiprocessing
from pathlib import Path

from django.db import connection

from benchmarks.deliveries import history, new_source, read, received, removed
from benchmarks.line import Line
from benchmarks.stock import Stock, point
from metrics.models import Import

SMALL, LARGE = 10_000, 1_000_000


def peak(database: str, delivery: int) -> float:
    """A worker's work in a process of its own; the most memory it ever had, in MiB."""
    point(database)
    read(Import.objects.get(pk=delivery))
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    return int(told["VmHWM"].split()[0]) / 1024


def measure(stock: Stock) -> list[Line]:
    """The difference between the two files' peaks."""
    stock.use(stock.small)
    database = connection.settings_dict["NAME"]
    peaks = []
    for rows in (SMALL, LARGE):
        delivery = received(new_source(), history(rows).replace(b"@of-0000.", b"@of-%d." % rows))
        connection.close()
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            peaks.append(alone.apply(peak, (database, delivery.pk)))
        removed(delivery)
    small, large = peaks
    took = f"{small:.0f} MiB for {SMALL:,} rows, {large:.0f} MiB for {LARGE:,}"
    return [Line("worker memory: 1,000,000 rows more than 10,000", large - small, 64, "MiB", took=took, repeats=1)]
