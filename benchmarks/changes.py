"""Words about people, and changed rules: what they cost with all that follows, to the recounted team."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from django.db import connection

from benchmarks.incremental import probe
from benchmarks.line import REPEATS, Line, Taken, inside, race, ratio
from benchmarks.stock import Organisation, Stock
from metrics.models import Contribution
from metrics.recount import recount
from pathways import contributors, merging, rules
from pathways.models import Contributor, Identity, Pathway
from teams.models import Team, User

#: The limit of a changed rule, for each contribution of its pathway.
MICROSECONDS = 10


class Place(NamedTuple):
    """Where a verb is tried: a team, somebody who may, and people with few acts who are the same in every size."""

    team: Team
    actor: User
    people: list[Contributor]


def _admin() -> User:
    admin, _made = User.objects.get_or_create(
        username="bench", defaults={"is_staff": True, "email": "bench@people.example"}
    )
    return admin


def place() -> Place:
    """In the first probe team."""
    team, _pathway, ids = probe(2)
    chosen = Contributor.objects.filter(pk__in=ids, roles=None, affiliations=None).order_by("pk")
    return Place(team, _admin(), list(chosen[:400]))


def merge(here: Place, number: int) -> None:
    """One person is another."""
    keep, other = here.people[2 * number : 2 * number + 2]
    merging.merge(keep, others=[other], actor=here.actor, team=here.team)


def split(here: Place, number: int) -> None:
    """One of a person's two addresses is somebody else's."""
    ids = [person.pk for person in here.people[100:]]
    twice = Identity.objects.filter(contributor__in=ids, email__contains="-1@")
    merging.split(twice.order_by("pk")[number], actor=here.actor, team=here.team)


def flag(here: Place, number: int) -> None:
    """Somebody is a bot."""
    contributors.set_bot(here.people[50 + number], actor=here.actor, team=here.team, is_bot=True)


def withdraw(here: Place, number: int) -> None:
    """One contribution no longer counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key FROM metrics_contribution WHERE team_id = %s AND pathway_id = %s AND state = 0"
            " ORDER BY contributor_id, day OFFSET %s LIMIT 1",
            [here.team.pk, Pathway.objects.filter(team=here.team).order_by("pk")[0].pk, 100 + number],
        )
        (key,) = cursor.fetchone()
    state = Contribution.State.WITHDRAWN
    changed = Contribution.objects.filter(team=here.team, key=key).update(state=state)
    if changed != 1:
        raise RuntimeError(f"{changed} contributions withdrawn")


VERBS: dict[str, Callable[[Place, int], None]] = {
    "merge": merge,
    "split": split,
    "bot flag": flag,
    "withdraw one": withdraw,
}


def scans() -> int:
    """How often the contributions have been read from one end to the other, as the server counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'metrics_contribution'")
        number: int = cursor.fetchone()[0]
    return number


def _try(verb: Callable[[Place, int], None], number: int) -> tuple[float, int]:
    here = place()
    before = scans()
    with inside() as spent:
        verb(here, number)
        recount(here.team.pk)
    return spent.seconds, scans() - before


def measure(stock: Stock) -> list[Line]:
    """Each verb in the large and in the small organisation, in turn."""
    lines = []
    for name, verb in VERBS.items():
        taken: dict[Organisation, list[tuple[float, int]]] = {stock.full: [], stock.small: []}
        for number in range(REPEATS + 1):
            for organisation, rounds in taken.items():
                stock.use(organisation)
                rounds.append(_try(verb, number))
        full, small = (Taken([spent for spent, _scans in rounds[1:]]) for rounds in taken.values())
        read = sum(number for _spent, number in taken[stock.full])
        note = f"with the recount, inside the database; {read} sequential scans of the contributions"
        line = ratio(f"{name}: more rows in all", full, small, 2, note=note)
        lines += [line, Line(f"{name}: sequential scans of contributions", read, 0, "scans", repeats=REPEATS + 1)]
    return lines


def points(stock: Stock) -> list[Line]:
    """Other conversion points for the pathway with most contributions; then its team is counted again."""
    stock.use(stock.full)
    team = Team.objects.get(pk=1)
    actor = _admin()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pathway_id, count(*) FROM metrics_contribution WHERE team_id = %s"
            " GROUP BY pathway_id ORDER BY 2 DESC LIMIT 1",
            [team.pk],
        )
        chosen, rows = cursor.fetchone()
    pathway = Pathway.objects.get(pk=chosen)
    was = rules.points_of(pathway)
    windows = itertools.cycle([300, 365])

    def change() -> None:
        window = next(windows)
        rules.set_points(pathway, [replace(point, w=window) for point in was], actor=actor)
        recount(team.pk)

    (taken,) = race(change)
    note = f"{rows:,} contributions, of {_all(team):,} in the team"
    figure = taken.median / rows * 1e6
    return [
        Line(
            "changed points: a contribution of the pathway",
            figure,
            MICROSECONDS,
            "µs",
            took=str(taken),
            repeats=taken.repeats,
            note=note,
        )
    ]


def _all(team: Team) -> int:
    return Contribution.objects.filter(team=team).count()
