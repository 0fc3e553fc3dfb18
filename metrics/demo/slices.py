"""Slices of the sample history, moved in time: what a team of the demo organisation imports."""

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

COLUMNS = ["commit", "author_name", "author_email", "author_ts"]


def cut(sample: Path, *, first: date, last: date, ends_on: date) -> bytes:
    """The sample's rows of the days `first` to `last`, moved so that `last` becomes `ends_on`, as a CSV file."""
    moved = timedelta(days=(ends_on - last).days)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for row in _rows(sample):
        at = datetime.fromtimestamp(int(row["author_ts"]), UTC)
        if first <= at.date() <= last:
            writer.writerow(
                {
                    "commit": row["commit"],
                    "author_name": row["mapped_name"],
                    "author_email": row["mapped_email"],
                    "author_ts": int((at + moved).timestamp()),
                }
            )
    return text.getvalue().encode()


def _rows(sample: Path) -> Iterator[dict[str, str]]:
    with gzip.open(sample, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
