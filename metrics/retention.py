"""Retention: who was active and still is, a year later; and on the 90th day, by cohort of those who joined."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from metrics.cohorts import COHORT_DAYS, Asked, Cohort, Parameters, numbered, percent
from metrics.models import Span
from metrics.models.source import FIRST_DAY
from metrics.models.span import SpanQuerySet
from pathways.models import Level

YEAR = 365
#: What a cohort may have joined: the contributors, by a first counted act, or the active ones.
JOINED = (Level.CONTRIBUTOR, Level.ACTIVE)


def active_before(asked: Asked, days: int = YEAR) -> SpanQuerySet:
    """Spans of those who were active or above so many days before the as-of day, with `kept`: active or above on it.

    Somebody who was active and core at once has two.
    """
    mine = Span.objects.of(asked.team, asked.population, asked.pathway).at_least(Level.ACTIVE)
    still = mine.on(asked.as_of).filter(contributor_id=OuterRef("contributor_id"))
    return mine.on(asked.as_of - timedelta(days=days)).annotate(kept=Exists(still))


@dataclass(frozen=True)
class Kept:
    """Of some people, how many are active on a later day."""

    people: int
    kept: int

    @property
    def share(self) -> int | None:
        """In per cent; None of under five people."""
        return percent(self.kept, self.people)


def retention(asked: Asked, days: int = YEAR) -> Kept:
    """Of those active so many days before the as-of day, the number active on it. One query."""
    told = active_before(asked, days).aggregate(
        before=Count("contributor_id", distinct=True),
        after=Count("contributor_id", distinct=True, filter=Q(kept=True)),
    )
    return Kept(told["before"], told["after"])


# Active on the 90th day after: asked only of those for whom that day has come. The team is named twice, not joined, so
# that the database knows how many spans this team has, and does not read all of them for each person.
JOINERS = """
WITH joiner AS (
    SELECT a.level, a.contributor_id, a.from_on AS joined_on, a.from_on + %(days)s <= %(as_of)s AND EXISTS (
               SELECT FROM metrics_span b
                WHERE b.team_id = %(team)s AND b.pathway_id = %(pathway)s AND b.contributor_id = a.contributor_id
                  AND b.level >= %(active)s AND b.population & %(bit)s > 0
                  AND b.from_on <= a.from_on + %(days)s AND b.until_on > a.from_on + %(days)s) AS kept
      FROM metrics_span a
     WHERE a.team_id = %(team)s AND a.pathway_id = %(pathway)s AND a.population & %(bit)s > 0 AND a.is_first
       AND a.level = ANY(%(begun)s) AND a.from_on BETWEEN %(first)s AND LEAST(%(last)s, %(as_of)s)
)
"""


@dataclass(frozen=True)
class Joiner:
    """Somebody who joined, and whether they were active or above 90 days later."""

    contributor_id: int
    joined_on: date
    kept: bool


@dataclass(frozen=True)
class Joined(Kept):
    """A cohort of people who joined, with those who were active on their own 90th day after."""

    level: Level
    cohort: Cohort
    as_of: date

    @property
    def is_final(self) -> bool:
        """Whether that day has come for everybody."""
        return self.cohort.is_final(self.as_of)

    @property
    def share(self) -> int | None:
        """In per cent: None while it is maturing, and of under five people."""
        return percent(self.kept, self.people) if self.is_final else None


def joined(asked: Asked, *, cohorts: int) -> dict[Level, list[Joined]]:
    """For each way to join, the last so many cohorts, from the first that has anybody in it. One query."""
    latest = (asked.as_of - FIRST_DAY).days // COHORT_DAYS
    first = numbered(max(latest - cohorts + 1, 0)).first
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{JOINERS}
            SELECT level, (joined_on - %(epoch)s::date) / {COHORT_DAYS}, count(*), count(*) FILTER (WHERE kept)
              FROM joiner GROUP BY 1, 2
            """,
            {**_parameters(asked, JOINED, first, asked.as_of), "epoch": FIRST_DAY},
        )
        found = {(level, number): (people, kept) for level, number, people, kept in cursor.fetchall()}
    return {
        level: [
            Joined(people, kept, level, numbered(number), asked.as_of)
            for number in range(min((n for of, n in found if of == level), default=latest + 1), latest + 1)
            for people, kept in [found.get((level, number), (0, 0))]
        ]
        for level in JOINED
    }


def joiners(asked: Asked, level: Level, cohort: Cohort) -> list[Joiner]:
    """The people of one such cohort."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{JOINERS} SELECT contributor_id, joined_on, kept FROM joiner ORDER BY joined_on, contributor_id",
            _parameters(asked, (level,), cohort.first, cohort.last),
        )
        return [Joiner(*row) for row in cursor.fetchall()]


def _parameters(asked: Asked, levels: tuple[Level, ...], first: date, last: date) -> Parameters:
    ways = [(level, Level.ACTIVE) for level in levels]
    return asked.parameters(ways, first, last) | {"days": COHORT_DAYS, "active": int(Level.ACTIVE)}
