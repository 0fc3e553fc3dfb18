"""What 1-definitions says of levels, as a plain loop over days. Shares no code with the product, and no cleverness."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
FOREVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Act:
    day: date
    kind: str = "commit"
    staff: bool = False
    pathway: str = "a"


@dataclass(frozen=True)
class Rule:
    level: int
    n: int = 1
    d: int = 1
    m: int = 1
    w: int = 365
    kinds: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Held:
    """A role on the days [since, until)."""

    role: str
    since: date
    until: date = FOREVER


@dataclass
class Person:
    acts: list[Act] = field(default_factory=list)
    roles: list[Held] = field(default_factory=list)
    bot: bool = False


def holds(person: Person, acts: Iterable[Act], rule: Rule, day: date) -> bool:
    """Whether the rule is true on a day: a window of w days that ends on D holds the days D-w+1 ... D."""
    inside = [
        act for act in acts if day - (rule.w - 1) * DAY <= act.day <= day and (not rule.kinds or act.kind in rule.kinds)
    ]
    return (
        len(inside) >= rule.n
        and len({act.day for act in inside}) >= rule.d
        and len({(act.day.year, act.day.month) for act in inside}) >= rule.m
        and (not rule.roles or any(held.role in rule.roles and held.since <= day < held.until for held in person.roles))
    )


def runs(true_on: Callable[[date], bool], first: date, last: date) -> list[tuple[date, date]]:
    """Maximal runs of days [from, until) on which something is true, by asking every day."""
    found: list[tuple[date, date]] = []
    start: date | None = None
    day = first
    while day <= last:
        now = true_on(day)
        if now and start is None:
            start = day
        elif not now and start is not None:
            found.append((start, day))
            start = None
        day += DAY
    assert start is None, "the loop ended too early"
    return found


POPULATIONS: dict[int, Callable[[Person, Act], bool]] = {
    1: lambda person, act: not person.bot and not act.staff,
    2: lambda person, act: not person.bot and act.staff,
    4: lambda person, act: not person.bot,
    8: lambda person, act: True,
}

Spans = dict[tuple[str, int, int], list[tuple[date, date]]]


def spans(person: Person, rules: dict[str, list[Rule]]) -> Spans:
    """(pathway, level, population bit) -> runs; pathway '' is the union over all pathways."""
    result: Spans = {}
    for bit, counts in POPULATIONS.items():
        by_pathway = {
            pathway: [act for act in person.acts if act.pathway == pathway and counts(person, act)] for pathway in rules
        }
        if not any(by_pathway.values()):
            continue
        first = min(act.day for acts in by_pathway.values() for act in acts)
        last = max(act.day for acts in by_pathway.values() for act in acts)
        last += max([rule.w for of_pathway in rules.values() for rule in of_pathway], default=1) * DAY
        for pathway in ["", *rules]:
            inside = [(acts, rules[name]) for name, acts in by_pathway.items() if pathway in ("", name)]
            days = [act.day for acts, _ in inside for act in acts]
            if days:
                result[pathway, 0, bit] = [(min(days), FOREVER)]
            for level in (1, 2, 3):

                def true_on(day: date, inside: list[tuple[list[Act], list[Rule]]] = inside, level: int = level) -> bool:
                    return any(
                        rule.level == level and holds(person, acts, rule, day) for acts, mine in inside for rule in mine
                    )

                found = runs(true_on, first, last)
                if found:
                    result[pathway, level, bit] = found
    return result


# --- what is asked of the spans: each answer by walking over people and days ------------------------


@dataclass
class Known:
    """Some people with their spans, seen as one population sees one pathway ('': the team)."""

    people: list[Person]
    spans: list[Spans]
    bit: int
    pathway: str = ""

    def runs(self, who: int, level: int) -> list[tuple[date, date]]:
        return self.spans[who].get((self.pathway, level, self.bit), [])

    def converted(self, who: int, level: int, day: date) -> bool:
        """Whether the day is the one on which the person's first span of the level starts."""
        return self.runs(who, level)[:1] != [] and self.runs(who, level)[0][0] == day

    def at_least(self, who: int, level: int, day: date) -> bool:
        """At the level or above; level 0 is held by whoever has ever contributed."""
        levels = (0,) if level == 0 else tuple(range(level, 4))
        return any(since <= day < until for each in levels for since, until in self.runs(who, each))

    def acts(self, who: int) -> list[Act]:
        person = self.people[who]
        mine = [act for act in person.acts if POPULATIONS[self.bit](person, act)]
        return [act for act in mine if self.pathway in ("", act.pathway)]


def rate(known: Known, way: tuple[int, int], first: date, within: int, as_of: date) -> tuple[int, int]:
    """(who reached one level on the 90 days from `first` on, and who of them reached the other within so many)."""
    begun, came = way
    people = converted = 0
    for who in range(len(known.people)):
        for nth in range(90):
            day = first + nth * DAY
            if day <= as_of and known.converted(who, begun, day):
                people += 1
                later = [day + more * DAY for more in range(within + 1)]
                converted += any(each <= as_of and known.converted(who, came, each) for each in later)
    return people, converted


def is_final(first: date, as_of: date) -> bool:
    """The cohort's last day + 90 days <= as_of."""
    return first + 89 * DAY + 90 * DAY <= as_of


def retained(known: Known, as_of: date, days: int) -> tuple[int, int]:
    before = [who for who in range(len(known.people)) if known.at_least(who, 2, as_of - days * DAY)]
    return len(before), sum(known.at_least(who, 2, as_of) for who in before)


def joined(known: Known, level: int, first: date, as_of: date) -> tuple[int, int]:
    """(who joined on the 90 days from `first` on, and who of them was active on the 90th day after)."""
    people = kept = 0
    for who in range(len(known.people)):
        for nth in range(90):
            day = first + nth * DAY
            if day <= as_of and known.converted(who, level, day):
                people += 1
                kept += day + 90 * DAY <= as_of and known.at_least(who, 2, day + 90 * DAY)
    return people, kept


def drifting(known: Known, as_of: date) -> list[int]:
    """Active, but no act on any of the 180 days that end on the day."""
    window = {as_of - nth * DAY for nth in range(180)}
    return [
        who
        for who in range(len(known.people))
        if known.at_least(who, 2, as_of) and not any(act.day in window for act in known.acts(who))
    ]


def days_to(known: Known, level: int, as_of: date) -> list[int]:
    """From each person's first act to the day on which they reached the level, of those who have; sorted."""
    return sorted(
        (known.runs(who, level)[0][0] - known.runs(who, 0)[0][0]).days
        for who in range(len(known.people))
        if known.runs(who, level) and known.runs(who, level)[0][0] <= as_of
    )


def quartile(numbers: list[int], part: float) -> float:
    """Between the two numbers around the place, in proportion."""
    place = part * (len(numbers) - 1)
    below = int(place)
    above = min(below + 1, len(numbers) - 1)
    return numbers[below] + (place - below) * (numbers[above] - numbers[below])


def flows(known: Known, level: int, first: date, last: date) -> dict[str, list[tuple[int, date]]]:
    """Who began, came back and left the level or above, and when, on the days first ... last."""
    found: dict[str, list[tuple[int, date]]] = {"converted": [], "returned": [], "lapsed": []}
    for who in range(len(known.people)):
        levels = range(level, 4) if level else (0,)
        ever = [since for each in levels for since, _ in known.runs(who, each)]
        day = first
        while day <= last:
            now, before = known.at_least(who, level, day), known.at_least(who, level, day - DAY)
            if now and not before:
                found["converted" if day == min(ever) else "returned"].append((who, day))
            elif before and not now:
                found["lapsed"].append((who, day))
            day += DAY
    return found


def chance(known: Known, who: int, pathway: str, rule: Rule, as_of: date) -> tuple[date, date] | None:
    """The first run of days on which one more act would make the rule true: its first and its last day."""
    person, found = known.people[who], None
    acts = [act for act in known.acts(who) if act.pathway == pathway and act.day <= as_of]
    day = as_of
    while day <= as_of + rule.w * DAY:
        extra = Act(day, next(iter(sorted(rule.kinds)), "commit"), pathway=pathway)
        if holds(person, [*acts, extra], rule, day):
            found = (found[0] if found else day, day)
        elif found:
            break
        day += DAY
    return found


def nearest(known: Known, rules: dict[str, list[Rule]], as_of: date) -> dict[int, tuple[int, date, date]]:
    """Of each person who is one act away from a level above theirs: the lowest such level, and its first chance."""
    result = {}
    for who in range(len(known.people)):
        if not known.at_least(who, 0, as_of):
            continue
        held = max(level for level in (0, 1, 2, 3) if level == 0 or known.at_least(who, level, as_of))
        found = []
        for pathway, mine in rules.items():
            for rule in mine if known.pathway in ("", pathway) else []:
                if rule.n > 1 and rule.level > held and (one := chance(known, who, pathway, rule, as_of)):
                    found.append((rule.level, *one))
        if found:
            result[who] = min(found, key=lambda each: (each[0], each[1], -each[2].toordinal()))
    return result
