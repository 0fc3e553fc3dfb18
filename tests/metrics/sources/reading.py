"""What Perceval's adapter makes of items."""

import io
from collections import Counter

from metrics.sources import Options, Problem, Raw, perceval
from tests.metrics.sources import items

Told = tuple[str, str, str, str, str, str]


def read(content: bytes, options: Options | None = None) -> tuple[list[Raw], list[Problem], Counter[str], int]:
    batches = list(perceval.read(io.BytesIO(content), options or Options()))
    passed: Counter[str] = Counter()
    for batch in batches:
        passed.update(batch.passed)
    rows = [row for batch in batches for row in batch.rows]
    return rows, [bad for batch in batches for bad in batch.problems], passed, sum(batch.items for batch in batches)


def told(*content: object) -> tuple[list[Told], dict[str, int]]:
    rows, problems, passed, count = read(items.lines_of(*content))
    assert problems == []
    assert count == len(content)
    brief = [(row.kind, row.external_id, row.realm, row.username, row.name, row.email) for row in rows]
    return brief, dict(passed)
