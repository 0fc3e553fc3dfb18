"""A hundred contributions to a team that has many: from their commit to a fresh gate, inside the database."""

import random
from statistics import median
from typing import NamedTuple

from django.db import connection

from benchmarks.deliveries import additions, read, received, removed, source_of
from benchmarks.line import REPEATS, Line, Taken, inside, ratio
from benchmarks.stock import Organisation, Stock
from metrics.recount import recount
from pathways.models import Pathway
from teams.gates import verdicts_of
from teams.models import Team

ROWS = 100


class Found(NamedTuple):
    """Seconds inside the database: of the file's reading, and of what follows until the gate is told."""

    ingest: Taken
    fresh: Taken


def _follow(team: Team, source_pathway: Pathway, people: list[int], seed: int) -> tuple[float, float]:
    data = additions(random.Random(seed).sample(people, ROWS), rows=ROWS, days=365, seed=seed)
    delivery = received(source_of(source_pathway), data)
    with inside() as ingest:
        read(delivery)
    removed(delivery)
    delivery.refresh_from_db()
    if delivery.new != ROWS:
        raise RuntimeError(f"{delivery.new} of {ROWS} rows are new: {delivery.errors}")
    with inside() as fresh:
        recount(team.pk)
        verdict = verdicts_of([Team.objects.get(pk=team.pk)])[team.pk]
    if any(condition.updating for condition in verdict.conditions):
        raise RuntimeError("the gate is not fresh")
    return ingest.seconds, fresh.seconds


def probe(which: int) -> tuple[Team, Pathway, list[int]]:
    """One of the two probe teams (2 the first, 1 that with long histories), its first pathway and who is in it."""
    team = Team.objects.order_by("-pk")[which - 1]
    pathway = Pathway.objects.filter(team=team).order_by("pk")[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.contributor_id FROM metrics_contribution c JOIN pathways_contributor p"
            " ON p.id = c.contributor_id AND NOT p.is_bot WHERE team_id = %s AND pathway_id = %s ORDER BY 1",
            [team.pk, pathway.pk],
        )
        return team, pathway, [person for (person,) in cursor.fetchall()]


def _take(stock: Stock, where: list[tuple[Organisation, int]]) -> list[Found]:
    """Round by round in each of the places; the first round warms up."""
    taken: list[list[tuple[float, float]]] = [[] for _ in where]
    for number in range(REPEATS + 1):
        for (organisation, which), rounds in zip(where, taken, strict=True):
            stock.use(organisation)
            rounds.append(_follow(*probe(which), seed=1000 * which + number))
    return [Found(*(Taken(list(side)) for side in zip(*rounds[1:], strict=True))) for rounds in taken]


def measure(stock: Stock) -> list[Line]:
    """Against its own ingest, against a tenth of the rows, against a tenth of the history."""
    full, small, long = _take(stock, [(stock.full, 2), (stock.small, 2), (stock.full, 1)])
    sizes = f"{stock.full.rows:,} rows against {stock.small.rows:,}"
    note = f"{ROWS} contributions of as many people; time inside the database, without COPY and COMMIT"
    both = median([one + other for one, other in zip(full.ingest.seconds, full.fresh.seconds, strict=True)])
    return [
        ratio("incremental: commit to fresh gate / its ingest", full.fresh, full.ingest, 4, note=note),
        ratio("incremental: more rows in all", full.fresh, small.fresh, 1.2, note=sizes),
        ratio(
            "incremental: ten times the history per person",
            long.fresh,
            full.fresh,
            2,
            note=f"{both * 1000:.0f} ms with ingest",
        ),
    ]
