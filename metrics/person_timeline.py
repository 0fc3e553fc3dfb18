"""One person's timeline: acts by month, levels as spans, roles and affiliations under them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle.days import in_words
from lifecycle.timeline import Band, Run, Timeline, timeline
from metrics.models import Span
from metrics.person import PersonCounts, lapse
from pathways.models import Level

#: The classes of the levels.
KEYS = {Level.CASUAL: "l1", Level.ACTIVE: "l2", Level.CORE: "l3"}


@dataclass(frozen=True)
class TimelineChart:
    """The picture, and the same as tables."""

    title: str
    label: str
    population: str
    as_of: date
    drawn: Timeline
    bands: Sequence[Band]
    months: Sequence[tuple[date, int]]

    @property
    def rows(self) -> list[tuple[str, Run]]:
        """Each run with its band, and of a pathway's band the level."""
        names = {key: str(level.label) for level, key in KEYS.items()}
        told = []
        for band in self.bands:
            for run in band.runs:
                level = names.get(run.key, band.label)
                is_said = level.casefold() == band.label.casefold()
                told.append((band.label if is_said else f"{band.label}, {level}", run))
        return told


def timeline_of(counts: PersonCounts) -> TimelineChart | None:
    """None of somebody of whom nothing counts and nothing is said. Two queries, and what is asked of the counts."""
    bands = [*_levels(counts), *_roles(counts), *_affiliations(counts)]
    if not bands and not counts.months:
        return None
    begun = [first for first, _number in counts.months] + [span.from_on for span in counts.spans]
    words = {"person": counts.contributor.name, "n": counts.acts}
    return TimelineChart(
        title=ngettext("%(n)d counted contribution", "%(n)d counted contributions", counts.acts) % words,
        label=_("Timeline of %(person)s: contributions by month, levels, roles and affiliations") % words,
        population=str(counts.population.label) if counts.population else _("all that the person did"),
        as_of=counts.as_of,
        drawn=timeline(counts.months, bands, begins=min(begun, default=_year_before(counts.as_of)), as_of=counts.as_of),
        bands=bands,
        months=counts.months[::-1],
    )


def _year_before(day: date) -> date:
    return day - timedelta(days=365)


def _levels(counts: PersonCounts) -> list[Band]:
    """A band a level of the team; and a band a pathway where there are several, the levels one over the other."""
    mine = {level: [span for span in counts.spans if (span.pathway_id, span.level) == (0, level)] for level in KEYS}
    bands = [
        Band(str(level.label).capitalize(), [_held(span) for span in mine[level]])
        for level in reversed(KEYS)
        if mine[level]
    ]
    if len(counts.pathways) > 1:
        for pk, pathway in counts.pathways.items():
            spans = sorted((span for span in counts.spans if span.pathway_id == pk and span.level), key=_height)
            if spans:
                bands.append(Band(pathway.name, [_held(span) for span in spans]))
    return bands


def _height(span: Span) -> tuple[int, date]:
    return span.level, span.from_on


def _held(span: Span) -> Run:
    level = Level(span.level)
    return Run(span.from_on, lapse(span), KEYS[level], _words(str(level.label), span.from_on, lapse(span)))


def _words(what: str, first: date, until: date | None) -> str:
    words = {"what": what, "first": in_words(first), "until": in_words(until) if until else ""}
    return (_("%(what)s from %(first)s until %(until)s") if until else _("%(what)s since %(first)s")) % words


def _roles(counts: PersonCounts) -> list[Band]:
    found: dict[str, list[Run]] = {}
    for role in counts.roles:
        label = str(role.get_role_display())
        if role.confirmed_by_id is None:
            label = _("%(role)s (not confirmed)") % {"role": label}
        words = _words(label, role.from_on, role.until_on)
        found.setdefault(label, []).append(Run(role.from_on, role.until_on, "role", words))
    return [Band(label.capitalize(), runs) for label, runs in found.items()]


def _affiliations(counts: PersonCounts) -> list[Band]:
    found: dict[str, list[Run]] = {}
    for said in sorted(counts.contributor.affiliations.all(), key=attrgetter("from_on", "pk")):
        label = str(said.get_kind_display())
        words = _words(label, said.from_on, said.until_on)
        found.setdefault(label, []).append(Run(said.from_on, said.until_on, "said", words))
    return [Band(label.capitalize(), runs) for label, runs in found.items()]
