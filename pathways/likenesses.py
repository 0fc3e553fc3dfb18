"""Pairs of contributors who may be one person: found, and decided on by a person. The only writer of `Likeness`.

A pair is one for the whole organisation. It is shown to a team in which both take part, and decided on by whoever
keeps that team's contributors. Accepting is `merging.merge`, which calls back here; so do splitting and taking back.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from lifecycle.prepared import written
from pathways import presence, signs
from pathways.models import Likeness
from teams.models import Team, User

State = Likeness.State
#: Of two rows for one pair, which a merge brings together, the one that says more stands.
_WEIGHT = {State.OPEN: 0, State.ACCEPTED: 1, State.REJECTED: 2}


def of_pair(one: int, other: int) -> QuerySet[Likeness]:
    """The row of two contributors, in either order."""
    return Likeness.objects.filter(Q(one=one, other=other) | Q(one=other, other=one))


def decide(one: int, other: int, *, state: State, actor: User | None, is_found: bool = False) -> None:
    """Write down what was said of two contributors; with `is_found`, only if they were found alike."""
    said = {"state": state, "decided_by": actor, "decided_at": Now()}
    if not of_pair(one, other).update(**said) and not is_found:
        Likeness.objects.create(one_id=min(one, other), other_id=max(one, other), **said)


def ask(one: int, other: int) -> Likeness:
    """The row of two contributors, put on the list if it is not there."""
    asked = {"one_id": min(one, other), "other_id": max(one, other), "reasons": ["asked"]}
    return of_pair(one, other).first() or Likeness.objects.create(**asked)


def doubles(keep: int, other: int) -> list[int]:
    """Ids of the rows that a merge of two takes out, because both have one with the same third person."""
    third_of: dict[int, Likeness] = {}
    gone = []
    rows = Likeness.objects.filter(Q(one__in=(keep, other)) | Q(other__in=(keep, other)))
    for row in sorted(rows, key=lambda row: (_WEIGHT[State(row.state)], keep in (row.one_id, row.other_id))):
        ends = {row.one_id, row.other_id}
        if ends == {keep, other}:
            continue
        (third,) = ends - {keep, other}
        if third in third_of:
            gone.append(third_of[third].pk)
        third_of[third] = row
    return gone


def forget(people: Iterable[int]) -> None:
    """Of people who are erased, nothing is alike any more."""
    ids = list(people)
    Likeness.objects.filter(Q(one__in=ids) | Q(other__in=ids)).delete()


def of_team(team: Team) -> QuerySet[Likeness]:
    """The pairs of people of a team, the likeliest first. A bot is nobody's double."""
    both = presence.takes_part_at("one", team) & presence.takes_part_at("other", team)
    people = Likeness.objects.filter(one__is_bot=False, other__is_bot=False)
    return people.filter(both).select_related("one", "other").order_by("-confidence", "pk")


def open_of(team: Team) -> QuerySet[Likeness]:
    """Those on which nobody has decided."""
    return of_team(team).filter(state=State.OPEN)


def number_open(team: Team) -> int:
    """How many these are."""
    return _number_open.first(team) or 0


@written
def _number_open(team: Team) -> QuerySet[Likeness, int]:
    found = open_of(team).order_by().values("state")
    return found.annotate(number=Count("pk")).values_list("number", flat=True)


def undone_of(team: Team) -> QuerySet[Likeness]:
    """Those that can be accepted: open, or rejected before."""
    return of_team(team).exclude(state=State.ACCEPTED)


def find(team: Team) -> int:
    """Look for likenesses among the people of a team, by their names, addresses and accounts; how many
    are new or tell more.

    What somebody has decided stays as it is.
    """
    persons = presence.of_team(team).filter(erased_at=None, is_bot=False)
    known = presence.known_identities(team).filter(contributor__in=persons)
    columns = known.values("contributor_id", "name", "email", "username").order_by()
    query, parameters = columns.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.known, pg_temp.sign")
        cursor.execute(f"CREATE TEMPORARY TABLE known ON COMMIT DROP AS {query}", parameters)
        cursor.execute(signs.SIGNS, signs.VALUES)
        cursor.execute("ANALYZE sign")
        cursor.execute(signs.FOUND, signs.VALUES)
        found: int = cursor.rowcount
    return found
