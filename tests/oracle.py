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
