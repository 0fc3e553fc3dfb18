"""What is counted of one person: the level they hold and what is missing for the next, conversions, and a timeline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db import connection

from metrics.acts import COUNTED
from metrics.cohorts import Asked
from metrics.drifting import BY_STAFF
from metrics.evidence import Evidence
from metrics.in_force import in_force
from metrics.missing import chance_words, keeping_words, lacking_words, role_words
from metrics.models import Span
from metrics.nearing import Chance, chances
from metrics.populations import EVERYTHING, STAFF, VOLUNTEERS
from pathways.models import CommunityRole, ConversionPoint, Level, Pathway
from pathways.panels import PersonAsked
from pathways.rules import Point, point_of
from pathways.wording import kind_labels
from teams.dashboard.explainers import Explainers
from teams.models import Population

#: Days before a lapse in which it is time to think of it.
SOON = 180

MONTHS = f"""
WITH {COUNTED}
SELECT date_trunc('month', day)::date, count(*),
       count(*) FILTER (WHERE day BETWEEN %(as_of)s::date - 364 AND %(as_of)s), min(day), max(day)
  FROM act WHERE %(staff)s::boolean IS NULL OR staff = %(staff)s
 GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Converted:
    """A level in a pathway, or in the team as a whole: when it was first reached, how often again, and what is now.

    `explain` is the page of the conversions of that level on that day; empty for a bot, who stands on none.
    """

    level: str
    pathway: str
    first: date
    returned: int
    is_held: bool
    until: date | None
    explain: str


@dataclass(frozen=True)
class Next:
    """A level above the one that is held, and each way to it: what is missing."""

    level: str
    ways: Sequence[str]


class PersonCounts:
    """One person as a team sees them, on the as-of day. Each part is read once, by whoever asks first."""

    def __init__(self, asked: PersonAsked) -> None:
        self.contributor, self.team, self.population = asked.contributor, asked.team, asked.population
        self.as_of = Evidence(asked.team).as_of
        self.asked = Asked(asked.team, self.as_of, EVERYTHING if asked.population is None else asked.population)

    @cached_property
    def pathways(self) -> dict[int, Pathway]:
        """The team's."""
        return {pathway.pk: pathway for pathway in Pathway.objects.filter(team=self.team)}

    @cached_property
    def _every_span(self) -> list[Span]:
        mine = Span.objects.filter(team_id=self.team.pk, contributor_id=self.contributor.pk)
        mine = mine.filter(pathway_id__in=[0, *self.pathways])  # so that the track's index finds one person
        return list(mine.order_by("pathway_id", "-level", "from_on"))

    @cached_property
    def spans(self) -> list[Span]:
        """As the population asked for sees the person, in all pathways and (pathway 0) in the team; in order."""
        return [span for span in self._every_span if span.population & self.asked.bit]

    @cached_property
    def held(self) -> Span | None:
        """The span of the highest level held in the team; the contributor's own where none is."""
        now = [span for span in self.spans if not span.pathway_id and span.from_on <= self.as_of < span.until_on]
        return max(now, key=lambda span: (span.level, span.until_on), default=None)

    @property
    def level(self) -> Level:
        """The highest held."""
        return Level(self.held.level) if self.held else Level.CONTRIBUTOR

    @property
    def lapses_on(self) -> date | None:
        """When that lapses, if nothing more happens."""
        return lapse(self.held) if self.held and self.held.level else None

    @cached_property
    def _months(self) -> list[tuple[date, int, int, date, date]]:
        with connection.cursor() as cursor:
            cursor.execute(
                MONTHS,
                {
                    "teams": [self.team.pk],
                    "contributors": [self.contributor.pk],
                    "sources": None,
                    "as_of": self.as_of,
                    "staff": BY_STAFF.get(self.asked.bit),
                },
            )
            return list(cursor.fetchall())

    @property
    def months(self) -> list[tuple[date, int]]:
        """(first day, counted acts) of each month with any."""
        return [(first, number) for first, number, *_rest in self._months]

    @property
    def acts(self) -> int:
        """Counted acts ever."""
        return sum(number for _first, number, *_rest in self._months)

    @property
    def acts_in_a_year(self) -> int:
        """Counted acts of the 365 days that end on the as-of day."""
        return sum(row[2] for row in self._months)

    @property
    def first_on(self) -> date | None:
        """The day of the first counted act."""
        return self._months[0][3] if self._months else None

    @property
    def last_on(self) -> date | None:
        """The day of the last."""
        return self._months[-1][4] if self._months else None

    @cached_property
    def chances(self) -> list[Chance]:
        """The conversion points of the level held and of those above."""
        return chances(self.asked, [self.contributor.pk])

    @cached_property
    def labels(self) -> dict[int, str]:
        """What kinds are called."""
        return kind_labels()

    @property
    def keeping(self) -> str:
        """What one more act would do for the level held, where it lapses soon."""
        if self.lapses_on is None or (self.lapses_on - self.as_of).days > SOON:
            return ""
        return keeping_words([one for one in self.chances if one.point.level == self.level], self.labels)

    @cached_property
    def conversions(self) -> list[Converted]:
        """Each level ever reached in the team, then by pathway where there are several."""
        groups: dict[tuple[int, int], list[Span]] = {}
        for span in self.spans:
            if span.level and (not span.pathway_id or len(self.pathways) > 1):
                groups.setdefault((span.pathway_id, span.level), []).append(span)
        return [self._converted(group) for group in groups.values()]

    def _converted(self, group: list[Span]) -> Converted:
        known = [span for span in group if span.from_on <= self.as_of]
        last = (known or group)[-1]
        return Converted(
            level=str(Level(last.level).label),
            pathway=self.pathways[last.pathway_id].name if last.pathway_id else "",
            first=(first := group[0].from_on),
            returned=len(known) - 1 if known else 0,
            is_held=last.from_on <= self.as_of < last.until_on,
            until=lapse(last),
            explain=self._explain(last, lambda explain, level: explain.conversions(level, first, first)),
        )

    @property
    def explain_level(self) -> str:
        """The page of everybody who holds the level today."""
        return self._explain(self.held, Explainers.stock) if self.held and self.held.level else ""

    def _explain(self, span: Span, told: Callable[[Explainers, str], str]) -> str:
        """Of a person's span, a page that explains it; a bot stands on none."""
        if self.contributor.is_bot:
            return ""
        pathway = self.pathways[span.pathway_id].slug if span.pathway_id else ""
        who = Explainers(self.team, self.population or Population.PEOPLE, pathway, self.as_of)
        return told(who, Level(span.level).name.lower())

    @cached_property
    def points(self) -> list[ConversionPoint]:
        """The team's, in force today."""
        return list(ConversionPoint.objects.filter(pathway__in=self.pathways).select_related("pathway"))

    @property
    def rules(self) -> list[str]:
        """The same in words, for the levels that were ever reached."""
        reached = {row.level for row in self.conversions}
        return [in_force(point, self.labels) for point in self.points if point.get_level_display() in reached]

    @cached_property
    def next_levels(self) -> list[Next]:
        """The next level that some point leads to, and what is missing by each of its points."""
        if self.contributor.is_bot or self.level == max(Level):
            return []
        points = [point for point in self.points if point.level > self.level]
        if not points:
            return []
        roles = self._confirmed_roles()
        level = min(point.level for point in points)
        found = {(one.pathway_id, _key(one.point)): one for one in self.chances}
        ways = [self._way(point, found, roles) for point in points if point.level == level]
        return [Next(str(Level(level).label), ways)]

    @cached_property
    def is_mixed(self) -> bool:
        """Whether some acts are staff's and some not, so that each population sees somebody else."""
        seen = {span.population for span in self._every_span if not span.pathway_id and not span.level}
        return any(bits & VOLUNTEERS for bits in seen) and any(bits & STAFF for bits in seen)

    @cached_property
    def roles(self) -> list[CommunityRole]:
        """The person's in the team's community, confirmed or not; in order."""
        return list(CommunityRole.objects.filter(team=self.team, contributor=self.contributor).order_by("from_on"))

    def _confirmed_roles(self) -> set[str]:
        held = [role for role in self.roles if role.from_on <= self.as_of < (role.until_on or date.max)]
        return {role.role for role in held if role.confirmed_by_id is not None}

    def _way(self, point: ConversionPoint, found: Mapping[tuple[int, tuple[int, str]], Chance], roles: set[str]) -> str:
        rule = point_of(point)
        chance = found.get((point.pathway_id, _key(rule)))
        if chance and chance.is_near:
            words = chance_words(chance, self.as_of, self.labels)
        else:
            have = {"acts": chance.acts, "days": chance.days, "months": chance.months} if chance else {}
            words = lacking_words(rule, self.labels, **have)
        lacks_role = role_words(rule) if rule.roles and not roles & set(rule.roles) else ""
        where = f"{self.pathways[point.pathway_id].name}: " if len(self.pathways) > 1 else ""
        return where + "; ".join(filter(None, [words, lacks_role]))


def lapse(span: Span) -> date | None:
    """The first day without it; None if it never ends."""
    return None if span.until_on == date.max else span.until_on


def _key(point: Point) -> tuple[int, str]:
    return point.level, point.label
