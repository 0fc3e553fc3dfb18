"""A number, explained: what it means, on which day, by which rules, who is in, and who was left out and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.left_out import Reason
from metrics.models import Span
from pathways.models import Contributor, Level


def heads() -> tuple[str, str, str]:
    """What the three columns beside a name are called, unless an explanation says otherwise."""
    return (_("Level"), _("Since"), _("Lapses, if nothing more happens"))


@dataclass(frozen=True)
class Who:
    """One person on a list. `since` is the first day of the run that counts, `until` the day on which it lapses.

    An explanation with `heads` of its own gives the three columns another meaning.
    """

    id: int
    name: str
    level: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Explanation:
    """A number, explained. `people` is None where the number counts no people."""

    title: str
    value: Decimal | int | None
    formula: str
    as_of: date
    window: str
    people: list[Who] | None
    left_out: list[Reason]
    points: list[str]
    reason: str = ""
    facts: list[tuple[str, object]] = field(default_factory=list)
    written: str = ""
    heads: tuple[str, str, str] = field(default_factory=heads)

    @property
    def words(self) -> str:
        """The value as people read it: a measure's as its gate writes it."""
        return self.written or ("" if self.value is None else number_format(self.value))


def ending(days: int) -> str:
    """A window, in words that follow its last day; nothing for none."""
    return ngettext("%(n)d day that ends on it", "%(n)d days that end on it", days) % {"n": days} if days else ""


def listed(spans: Iterable[Span]) -> list[Who]:
    """One row a person: the highest level of the spans, since the earliest of them."""
    rows = named(highest(spans))
    return sorted(rows, key=lambda who: (who.name.casefold(), who.id))


def highest(spans: Iterable[Span]) -> list[Who]:
    """The same without names, in no order."""
    best: dict[int, Span] = {}
    for span in spans:
        if span.contributor_id not in best or span.level > best[span.contributor_id].level:
            best[span.contributor_id] = span
    return [Who(pk, "", str(Level(span.level).label), span.from_on, _ends(span.until_on)) for pk, span in best.items()]


def named(rows: Sequence[Who]) -> list[Who]:
    """The rows with the names of their people, in their own order."""
    names = dict(Contributor.objects.filter(pk__in={row.id for row in rows}).values_list("pk", "name"))
    return [replace(row, name=names[row.id]) for row in rows if row.id in names]


def _ends(day: date) -> date | None:
    """The day of the lapse, unless it never comes."""
    return None if day.year == date.max.year else day
