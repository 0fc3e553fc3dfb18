"""All figures of a team or pathway in one JSON shape, for comparing with what others have counted.

Levels, crossings and rolling windows come from spans; events from the counted acts. Nothing is counted a second way.
The shape is that of `fixtures/samples/*/expected.*.json`; its README has the definitions. "Rolling 90" reads the
pure casual and active spans, so it means 90 days where the conversion points say so.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db import connection
from django.db.models import Sum

from metrics.acts import COUNTED
from metrics.models import Import, Span
from metrics.populations import EVERYTHING, PEOPLE, VOLUNTEERS
from metrics.series import Figures, Months, growth, many_new, midnight, month, month_end, months, share
from pathways.models import Identity, Level, Pathway
from teams.models import Team

POPULATIONS = {"all": EVERYTHING, "people": PEOPLE, "volunteers": VOLUNTEERS}
LEVELS = {"casual": Level.CASUAL, "active": Level.ACTIVE, "core": Level.CORE}
TOP = 10


def figures(team: Team, *, pathway: Pathway | None = None, population: str = "people") -> Figures:
    """Every figure, by the key of the expected files; {} for nobody. Population: all (bots too), people, volunteers."""
    return History(team, pathway, population).figures()


@dataclass(frozen=True)
class Act:
    """What one contributor did on one day."""

    contributor: int
    day: date
    number: int
    staff: bool
    bot: bool


class History:
    """One team's or pathway's history as one population sees it, read once."""

    def __init__(self, team: Team, pathway: Pathway | None, population: str) -> None:
        self.team, self.pathway, self.population = team, pathway, population
        self.spans = list(Span.objects.of(team, POPULATIONS[population], pathway).order_by("from_on", "contributor_id"))

    @cached_property
    def everything(self) -> list[Act]:
        """All counted acts, before anybody is left out."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH {COUNTED}
                SELECT act.contributor_id, act.day, count(*), act.staff, c.is_bot
                  FROM act JOIN pathways_contributor c ON c.id = act.contributor_id
                 WHERE %(pathway)s::int IS NULL OR act.pathway_id = %(pathway)s::int
                 GROUP BY act.contributor_id, act.day, act.staff, c.is_bot ORDER BY act.day, act.contributor_id
                """,
                {
                    "teams": [self.team.pk],
                    "pathway": self.pathway.pk if self.pathway else None,
                    "contributors": None,
                    "sources": None,
                },
            )
            return [Act(*row) for row in cursor.fetchall()]

    @cached_property
    def acts(self) -> list[Act]:
        """Those of the population."""
        keeps: Mapping[str, Callable[[Act], bool]] = {
            "all": lambda act: True,
            "people": lambda act: not act.bot,
            "volunteers": lambda act: not (act.bot or act.staff),
        }
        return [act for act in self.everything if keeps[self.population](act)]

    @cached_property
    def months(self) -> list[str]:
        """Every month from the first act to the last."""
        return list(months(self.acts[0].day, self.acts[-1].day))

    @cached_property
    def firsts(self) -> dict[Level, dict[int, date]]:
        """When each person converted to each level; level 0 is the first act."""
        found: dict[Level, dict[int, date]] = {level: {} for level in Level}
        for span in self.spans:
            if span.is_first:
                found[Level(span.level)][span.contributor_id] = span.from_on
        return found

    @cached_property
    def labels(self) -> dict[int, str]:
        """Each person's lower-cased e-mail (of the first identity that has one), else "name:" and the name."""
        found: dict[int, str] = {}
        rows = Identity.objects.filter(contributor__in=self.firsts[Level.CONTRIBUTOR]).order_by("id")
        for person, name, email in rows.values_list("contributor_id", "name", "email"):
            label = email.strip().lower() or f"name:{name.strip().lower()}"
            if person not in found or (found[person].startswith("name:") and email.strip()):
                found[person] = label
        return found

    def per_month(self, days: Iterable[date]) -> Months:
        """How many of the days fall in each month."""
        counted = Counter(month(day) for day in days)
        return {name: counted[name] for name in self.months}

    @cached_property
    def monthly_active(self) -> Months:
        """People with an act in the month."""
        seen = Counter(name for name, _ in {(month(act.day), act.contributor) for act in self.acts})
        return {name: seen[name] for name in self.months}

    def figures(self) -> Figures:
        """By the keys of the expected files."""
        if not self.acts:
            return {}
        newcomers = self.firsts[Level.CONTRIBUTOR]
        converted = {name: self.firsts[level] for name, level in LEVELS.items()}
        per_month = Counter[str]()
        for act in self.acts:
            per_month[month(act.day)] += act.number
        rolling = {"any": Rolling(self.spans, Level.CASUAL), "active": Rolling(self.spans, Level.ACTIVE)}
        ends = {name: month_end(name) for name in self.months}
        series = {name: {each: one.on(end) for each, end in ends.items()} for name, one in rolling.items()}
        return {
            "totals": self.totals(),
            "new_contributors_per_month": self.per_month(newcomers.values()),
            "active_contributors_per_month": self.monthly_active,
            "events_per_month": {name: per_month[name] for name in self.months},
            "conversions_per_month": {name: self.per_month(firsts.values()) for name, firsts in converted.items()},
            "funnel": self.funnel(),
            "levels": self.levels(),
            "top_contributors": self.top(),
            "rolling90": {
                **series,
                "peak_any": rolling["any"].peak(),
                "peak_active": rolling["active"].peak(),
            },
            "growth": {
                "rolling90_any": growth(series["any"]),
                "rolling90_active": growth(series["active"]),
                "monthly_active": growth(self.monthly_active),
            },
            "new_over_25": many_new(newcomers.values()),
            "first_crossings": {
                label: [midnight(converted[name].get(person)) for name in LEVELS]
                for person, label in sorted(self.labels.items(), key=lambda item: item[1])
            },
            "retention": self.retention(),
        }

    def totals(self) -> Figures:
        """What there is, and what was left out."""
        made = Counter[int]()
        for act in self.acts:
            made[act.contributor] += act.number
        imports = Import.objects.filter(source__team=self.team, state=Import.State.DONE)
        if self.pathway:
            imports = imports.filter(source__pathway=self.pathway)
        read = imports.aggregate(rows=Sum("rows", default=0), duplicate=Sum("duplicate", default=0))
        bots = sum(act.number for act in self.everything if act.bot)
        staff = sum(act.number for act in self.everything if act.staff and not act.bot)
        return {
            "events": sum(made.values()),
            "contributors": len(made),
            "first_event": midnight(self.acts[0].day),
            "last_event": midnight(self.acts[-1].day),
            "one_time_contributors": sum(number == 1 for number in made.values()),
            "rows_read": read["rows"],
            "duplicate_events_dropped": read["duplicate"],
            "bot_events_left_out": bots if self.population != "all" else 0,
            "staff_events_left_out": staff if self.population == "volunteers" else 0,
        }

    def funnel(self) -> Figures:
        """How many ever reached each level, and the shares between them."""
        casual, active, core = (len(self.firsts[level]) for level in LEVELS.values())
        return {
            "casual": casual,
            "active": active,
            "core": core,
            "casual_to_active": share(active, casual),
            "active_to_core": share(core, active),
        }

    def levels(self) -> Figures:
        """Who had reached and who held which level: on the last day of all, and on each new year's day before."""
        last = self.everything[-1].day
        years = range(self.acts[0].day.year + 1, last.year + 1)
        return {
            "snapshot": self.levels_on(last),
            "new_year": [self.levels_on(date(year, 1, 1)) for year in years],
        }

    def levels_on(self, day: date) -> Figures:
        """Exclusive: everybody at the highest level only; who reached one and holds none has lapsed."""
        reached: dict[int, int] = {}
        held: dict[int, int] = {}
        for span in self.spans:
            if span.level > 0 and span.from_on <= day:
                reached[span.contributor_id] = max(span.level, reached.get(span.contributor_id, 0))
                if day < span.until_on:
                    held[span.contributor_id] = max(span.level, held.get(span.contributor_id, 0))
        ever, now = Counter(reached.values()), Counter(held.values())
        return {
            "asof": midnight(day),
            "ever": {name: ever[level] for name, level in LEVELS.items()},
            "now": {
                **{name: now[level] for name, level in reversed(LEVELS.items())},
                "lapsed": len(reached) - len(held),
            },
        }

    def top(self) -> list[Figures]:
        """Those with the most acts; of equals, who came first."""
        mine: dict[int, list[Act]] = defaultdict(list)
        for act in self.acts:
            mine[act.contributor].append(act)
        rows = [
            (-sum(act.number for act in acts), acts[0].day, self.labels[person], acts[-1].day)
            for person, acts in mine.items()
        ]
        return [
            {"contributor": label, "events": -number, "first": midnight(first), "last": midnight(last)}
            for number, first, label, last in sorted(rows)[:TOP]
        ]

    def retention(self) -> dict[str, list[int]]:
        """By month of the first act: how many had an act in that month and in each later one."""
        active: dict[int, set[str]] = defaultdict(set)
        for act in self.acts:
            active[act.contributor].add(month(act.day))
        cohorts: dict[str, list[set[str]]] = defaultdict(list)
        for seen in active.values():
            cohorts[min(seen)].append(seen)
        return {
            cohort: [sum(name in seen for seen in cohorts[cohort]) for name in self.months[self.months.index(cohort) :]]
            for cohort in sorted(cohorts)
        }


class Rolling:
    """How many people hold one level by its own rules, on any day."""

    def __init__(self, spans: Iterable[Span], level: Level) -> None:
        mine = [span for span in spans if span.level == level]
        self.begins = sorted(span.from_on for span in mine)
        self.ends = sorted(span.until_on for span in mine)

    def on(self, day: date) -> int:
        """Begun by the day, less ended by it."""
        return bisect_right(self.begins, day) - bisect_right(self.ends, day)

    def peak(self) -> Figures:
        """The largest value of any day, and the first day that has it: a day on which somebody begins."""
        best = max(self.begins, key=lambda day: (self.on(day), -day.toordinal()), default=None)
        return {"value": self.on(best) if best else 0, "first_at": midnight(best)}
