"""Cohorts: people by the 90 days in which they reached a level, and how soon they reached the next one.

The cohorts lie on one grid for everybody, counted from FIRST_DAY: a cohort's days never move, whatever arrives late,
and two teams' cohorts are the same days. JOURNEYS is the one query behind conversion rates and times to a level: its
rows are the people that an explanation lists, its sums are what a page shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from metrics.models.source import FIRST_DAY
from metrics.populations import BIT
from pathways.models import Level, Pathway
from teams.models import Population, Team

#: Days of a cohort; and within how many days after their own start its people are asked about (1-definitions, 1.3).
COHORT_DAYS = 90
#: The steps on the way to it that a page shows.
WITHIN = (15, 30, 45, 60, 75, COHORT_DAYS)
#: Under so many people a percentage says more than is known: the count alone is told.
FEW = 5


@dataclass(frozen=True, order=True)
class Cohort:
    """Ninety days of the grid."""

    first: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first + timedelta(days=COHORT_DAYS - 1)

    def is_final(self, as_of: date, days: int = COHORT_DAYS) -> bool:
        """Whether the days are over for everybody in it; before that it is maturing."""
        return self.last + timedelta(days=days) <= as_of


def cohort_of(day: date) -> Cohort:
    """The cohort in which a day lies."""
    return numbered((day - FIRST_DAY).days // COHORT_DAYS)


def numbered(number: int) -> Cohort:
    """The cohort of a number, 0 being the one that begins on FIRST_DAY."""
    return Cohort(FIRST_DAY + timedelta(days=COHORT_DAYS * number))


def latest_final(as_of: date) -> Cohort:
    """The last cohort of which everything is known on a day."""
    return cohort_of(as_of - timedelta(days=2 * COHORT_DAYS - 1))


def percent(part: int, whole: int) -> int | None:
    """A share in per cent; None of fewer than five people."""
    return round(100 * part / whole) if whole >= FEW else None


# `begun_on` is the conversion to `begun`, `came_on` the same person's conversion to `came`, if it has come by the
# as-of day. It may lie before `begun_on`, where the levels' rules have little to do with each other.
JOURNEYS = """
WITH way (begun, came) AS (SELECT * FROM unnest(%(begun)s::int[], %(came)s::int[])), journey AS (
    SELECT way.begun, way.came, a.contributor_id, a.from_on AS begun_on, b.from_on AS came_on
      FROM way
      JOIN metrics_span a ON a.level = way.begun
      LEFT JOIN metrics_span b ON b.team_id = a.team_id AND b.pathway_id = a.pathway_id
                AND b.contributor_id = a.contributor_id AND b.level = way.came AND b.population & %(bit)s > 0
                AND b.is_first AND b.from_on <= %(as_of)s
     WHERE a.team_id = %(team)s AND a.pathway_id = %(pathway)s AND a.population & %(bit)s > 0 AND a.is_first
       AND a.from_on BETWEEN %(first)s AND LEAST(%(last)s, %(as_of)s)
)
"""


Parameters = dict[str, int | date | list[int] | None]


@dataclass(frozen=True)
class Asked:
    """Whose journeys: a team's or one of its pathways', as one population sees them, known up to a day."""

    team: Team
    as_of: date
    population: Population | int = Population.VOLUNTEERS
    pathway: Pathway | None = None

    @property
    def bit(self) -> int:
        """The population, of the headline's or another, as metrics/populations.py has it."""
        return BIT[self.population] if isinstance(self.population, Population) else self.population

    @property
    def pathway_key(self) -> int:
        """The pathway, as spans have it: 0 is the team as a whole."""
        return self.pathway.pk if self.pathway else 0

    def parameters(self, ways: Sequence[tuple[Level, Level]], first: date, last: date) -> Parameters:
        """What JOURNEYS is asked with."""
        return {
            "team": self.team.pk,
            "pathway": self.pathway_key,
            "bit": self.bit,
            "as_of": self.as_of,
            "begun": [int(begun) for begun, _came in ways],
            "came": [int(came) for _begun, came in ways],
            "first": first,
            "last": last,
        }


@dataclass(frozen=True)
class Journey:
    """One person's conversion to a level, and to a later one."""

    contributor_id: int
    begun_on: date
    came_on: date | None

    @property
    def days(self) -> int | None:
        """Days between the two; below 0 if the later level came first."""
        return (self.came_on - self.begun_on).days if self.came_on else None

    def is_within(self, days: int = COHORT_DAYS) -> bool:
        """Whether the later level came so soon: on the day itself, or so many days after."""
        return self.days is not None and 0 <= self.days <= days


@dataclass(frozen=True)
class Rate:
    """Of the people who reached one level in a cohort, how many reached another within so many days of their own."""

    begun: Level
    came: Level
    cohort: Cohort
    people: int
    within: tuple[int, ...]
    as_of: date

    @property
    def converted(self) -> int:
        """Within 90 days; of a maturing cohort, so far."""
        return self.within[-1]

    @property
    def is_final(self) -> bool:
        """Whether the number will stay."""
        return self.cohort.is_final(self.as_of)

    @property
    def share(self) -> int | None:
        """The conversion rate in per cent: None while it is maturing, and of under five people."""
        return percent(self.converted, self.people) if self.is_final else None


RATES = f"""{JOURNEYS}
SELECT begun, came, (begun_on - %(epoch)s::date) / {COHORT_DAYS}, count(*),
       {", ".join(f"count(*) FILTER (WHERE came_on - begun_on BETWEEN 0 AND {days})" for days in WITHIN)}
  FROM journey GROUP BY 1, 2, 3
"""


def rates(asked: Asked, *ways: tuple[Level, Level], cohorts: int) -> dict[tuple[Level, Level], list[Rate]]:
    """For each way, the last so many cohorts up to the as-of day, from the first that has anybody in it. One query."""
    latest = (asked.as_of - FIRST_DAY).days // COHORT_DAYS
    first = numbered(max(latest - cohorts + 1, 0)).first
    with connection.cursor() as cursor:
        cursor.execute(RATES, {**asked.parameters(ways, first, asked.as_of), "epoch": FIRST_DAY})
        found = {(row[0], row[1], row[2]): row[3:] for row in cursor.fetchall()}
    told: dict[tuple[Level, Level], list[Rate]] = {}
    for begun, came in ways:
        mine = [number for a, b, number in found if (a, b) == (begun, came)]
        told[begun, came] = [
            Rate(begun, came, numbered(number), people, tuple(within), asked.as_of)
            for number in range(min(mine, default=latest + 1), latest + 1)
            for people, *within in [found.get((begun, came, number), (0,) * (1 + len(WITHIN)))]
        ]
    return told


def journeys(asked: Asked, begun: Level, came: Level, *, first: date, last: date) -> list[Journey]:
    """The people who reached one level on the days first ... last, and when the other: those of whom a rate is made."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{JOURNEYS} SELECT contributor_id, begun_on, came_on FROM journey ORDER BY begun_on, contributor_id",
            asked.parameters([(begun, came)], first, last),
        )
        return [Journey(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Time:
    """How long the people who reached a level took from their first counted act: days, by quartiles."""

    level: Level
    people: int
    lower: float | None
    median: float | None
    upper: float | None


TIMES = f"""{JOURNEYS}
SELECT came, count(*), percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY came_on - begun_on)
  FROM journey WHERE came_on IS NOT NULL GROUP BY came
"""
LADDER = [level for level in Level if level is not Level.CONTRIBUTOR]


def times(asked: Asked) -> list[Time]:
    """From the first counted act to each level, of everybody who has reached it by the as-of day. One query."""
    ways = [(Level.CONTRIBUTOR, level) for level in LADDER]
    with connection.cursor() as cursor:
        cursor.execute(TIMES, asked.parameters(ways, FIRST_DAY, asked.as_of))
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        Time(level, people, *quartiles)
        for level in LADDER
        for people, quartiles in [found.get(level, (0, (None, None, None)))]
    ]
