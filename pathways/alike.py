"""Likenesses as their page reads them: who is who, why, and how sure it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pathways import presence, reach
from pathways.models import Contributor, Likeness
from pathways.reach import Lately
from pathways.wording import REASONS
from teams.models import Team

#: How many spellings of a person a row shows.
SPELLINGS = 4


@dataclass(frozen=True)
class Who:
    """One of the two: as far as the team knows them."""

    contributor: Contributor
    spellings: Sequence[str]
    more: int
    lately: Lately | None


@dataclass(frozen=True)
class Pair:
    """One row."""

    likeness: Likeness
    people: tuple[Who, Who]
    reasons: Sequence[str]


def pairs_of(team: Team, likenesses: Iterable[Likeness]) -> list[Pair]:
    """The rows of some likenesses. Two queries."""
    rows = list(likenesses)
    ids = {pk for row in rows for pk in (row.one_id, row.other_id)}
    spelt: dict[int, dict[str, None]] = {}
    known = presence.known_identities(team).filter(contributor__in=ids).order_by("pk")
    for who, *words in known.values_list("contributor", "name", "email", "username"):
        spelt.setdefault(who, {})[" · ".join(filter(None, words))] = None
    lately = reach.lately(team, ids)

    def told(person: Contributor) -> Who:
        spellings = list(spelt.get(person.pk, {}))
        return Who(person, spellings[:SPELLINGS], max(0, len(spellings) - SPELLINGS), lately.get(person.pk))

    return [
        Pair(row, (told(row.one), told(row.other)), [str(REASONS.get(reason, reason)) for reason in row.reasons])
        for row in rows
    ]
