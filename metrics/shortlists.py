"""The people of a team somebody should look at: near the next level, drifting, newcomers without an answer.

Of the headline population, volunteers and people nobody has classified, on the as-of day. Each list is the query that
its count at the head of the list of people is made of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from metrics.cohorts import Asked
from metrics.drifting import Drifter, drifting
from metrics.missing import chance_words, keeping_words
from metrics.models import Span
from metrics.nearing import Chance, chances, near
from metrics.newcomers import Newcomer, newcomers
from pathways.answers import Answer, answers_of
from pathways.models import Contributor, Level, Pathway
from pathways.standing import Counted, Shortlist
from pathways.wording import kind_labels


@dataclass(frozen=True)
class Held:
    """What somebody holds on the as-of day, and when it lapses."""

    level: str = ""
    lapses_on: date | None = None


@dataclass(frozen=True)
class NearRow:
    """Somebody one act away from a level."""

    contributor: Contributor
    chance: Chance
    held: str
    level: str
    missing: str
    pathway: str


@dataclass(frozen=True)
class DriftingRow:
    """Somebody active who is silent."""

    contributor: Contributor
    last_on: date
    silent: int
    held: Held
    keeping: str


@dataclass(frozen=True)
class NewcomerRow:
    """A newcomer, and who answered them."""

    contributor: Contributor
    first_on: date
    held: Held
    answer: Answer | None


class Found:
    """The people of all three lists of a team, found once. Six queries."""

    def __init__(self, counted: Counted) -> None:
        self.asked = Asked(counted.team, counted.as_of)
        self.near = near(self.asked)
        self.drifting = drifting(self.asked)
        arrived = newcomers(self.asked)
        self.answers = answers_of(counted.team, [one.contributor_id for one in arrived])
        self.waiting = [one for one in arrived if one.contributor_id not in self.answers]
        self.answered = [one for one in arrived if one.contributor_id in self.answers]

    @property
    def shortlists(self) -> list[Shortlist]:
        """The three with their counts."""
        return [
            Shortlist(_("Near the next level"), "metrics:near", len(self.near)),
            Shortlist(_("Drifting"), "metrics:drifting-people", len(self.drifting)),
            Shortlist(_("Newcomers without an answer"), "metrics:newcomers", len(self.waiting)),
        ]


def shortlists(counted: Counted) -> list[Shortlist]:
    """What the list of people shows of them."""
    return Found(counted).shortlists


def near_rows(asked: Asked, found: Sequence[Chance]) -> list[NearRow]:
    """Some of those near, with names and words."""
    people, labels = _people([one.contributor_id for one in found]), kind_labels()
    names = dict(Pathway.objects.filter(team=asked.team).values_list("pk", "name"))
    return [
        NearRow(
            contributor=people[one.contributor_id],
            chance=one,
            held=str(Level(one.held).label) if one.held else "",
            level=str(Level(one.point.level).label),
            missing=chance_words(one, asked.as_of, labels),
            pathway=names[one.pathway_id] if len(names) > 1 else "",
        )
        for one in found
    ]


def drifting_rows(asked: Asked, found: Sequence[Drifter]) -> list[DriftingRow]:
    """Some of those who drift, with what would keep them."""
    ids = [one.contributor_id for one in found]
    people, held, labels = _people(ids), _held(asked, ids), kind_labels()
    keeping: dict[int, list[Chance]] = {}
    for chance in chances(asked, ids):
        if chance.point.level == chance.held:
            keeping.setdefault(chance.contributor_id, []).append(chance)
    return [
        DriftingRow(
            contributor=people[one.contributor_id],
            last_on=one.last_on,
            silent=(asked.as_of - one.last_on).days,
            held=held[one.contributor_id],
            keeping=keeping_words(keeping.get(one.contributor_id, []), labels),
        )
        for one in found
    ]


def newcomer_rows(found: Found, some: Sequence[Newcomer]) -> list[NewcomerRow]:
    """Some newcomers with their names."""
    ids = [one.contributor_id for one in some]
    people, held = _people(ids), _held(found.asked, ids)
    return [
        NewcomerRow(people[pk], one.first_on, held.get(pk, Held()), found.answers.get(pk))
        for one in some
        for pk in [one.contributor_id]
    ]


def _people(ids: Sequence[int]) -> dict[int, Contributor]:
    return Contributor.objects.in_bulk(ids)


def _held(asked: Asked, ids: Sequence[int]) -> dict[int, Held]:
    spans = Span.objects.of(asked.team, asked.population, asked.pathway).on(asked.as_of).at_least(Level.CASUAL)
    return {
        span.contributor_id: Held(str(Level(span.level).label), None if span.until_on == date.max else span.until_on)
        for span in spans.filter(contributor_id__in=ids).order_by("level")
    }
