"""Explains a number: what it means, on which day, by which rules, who is in, and who was left out and why.

Every list here is the query that the number itself is made of (`metrics.counts`, `metrics.measures`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle.measures import Measure, Operator
from metrics import counts
from metrics.evidence import Evidence
from metrics.explain_records import records
from metrics.in_force import sentences
from metrics.left_out import Reason, other_people, uncounted
from metrics.measures import MEASURES, PEOPLE, SEEN_BY
from metrics.models import Span
from metrics.models.span import SpanQuerySet
from metrics.populations import EVERYTHING, VOLUNTEERS
from metrics.questions import Question
from pathways.models import Contributor, Level
from teams import gates, thresholds, trajectories, trajectory, wording
from teams.models import Population, Team


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


def active(asked: Question) -> Explanation:
    """Who holds a level or above on a day: a stock."""
    held = Span.objects.of(asked.team, asked.population, asked.pathway).on(asked.last).at_least(asked.level)
    everybody = Span.objects.of(asked.team, EVERYTHING, asked.pathway).on(asked.last).at_least(asked.level)
    return Explanation(
        title=_("%(level)s contributors") % {"level": asked.level.label.capitalize()},
        value=counts.stock(
            asked.team, on=asked.last, level=asked.level, population=asked.population, pathway=asked.pathway
        ),
        formula=_(
            "Different people who hold the level “%(level)s” or above on the as-of day. A level is held on every day "
            "on which one of its conversion points is true. It is a stock, and cumulative."
        )
        % {"level": asked.level.label},
        as_of=asked.last,
        window="",
        people=(people := _listed(held)),
        facts=_exclusive(people),
        left_out=[
            *other_people(asked.population, _ids(everybody), _ids(held)),
            *uncounted(asked.team, asked.pathway, asked.last),
        ],
        points=sentences(asked.team, asked.pathway),
    )


def _exclusive(people: list[Who]) -> list[tuple[str, object]]:
    """How many hold each level as their highest: what a picture of exclusive levels shows."""
    held = Counter(who.level for who in people)
    labels = [str(level.label) for level in Level if level is not Level.CONTRIBUTOR]
    return [(_("Of whom %(level)s, their highest") % {"level": name}, held[name]) for name in labels if held[name]]


def conversions(asked: Question) -> Explanation:
    """Who reached a level for the first time in a window: a flow."""
    found = counts.converted(
        asked.team,
        level=asked.level,
        first=asked.first,
        last=asked.last,
        population=asked.population,
        pathway=asked.pathway,
    )
    spans = Span.objects.of(asked.team, EVERYTHING, asked.pathway).conversions(asked.level)
    return Explanation(
        title=_("Conversions to %(level)s") % {"level": asked.level.label},
        value=found.count(),
        formula=_(
            "Different people who reached the level “%(level)s” for the first time in the window: one conversion a "
            "person and level, for ever. Coming back after a lapse is a return and no second conversion."
        )
        % {"level": asked.level.label},
        as_of=asked.last,
        window=ending((asked.last - asked.first).days + 1),
        people=_listed(found),
        facts=_went_on(asked, _ids(found)),
        left_out=[
            *other_people(asked.population, _ids(spans.since(asked.first, asked.last)), _ids(found)),
            *uncounted(asked.team, asked.pathway, asked.last),
        ],
        points=sentences(asked.team, asked.pathway),
    )


def _went_on(asked: Question, people: set[int]) -> list[tuple[str, object]]:
    """How many of the people have converted to the next level up to the as-of day, and how many stopped before it."""
    if asked.level == max(Level):
        return []
    above = Level(asked.level + 1)
    spans = Span.objects.of(asked.team, asked.population, asked.pathway).conversions(above)
    went = spans.filter(contributor_id__in=people, from_on__lte=asked.last).count()
    words = {"level": above.label}
    return [
        (_("Of whom converted to %(level)s, too") % words, went),
        (_("Stopped before %(level)s, so far") % words, len(people) - went),
    ]


def measure(team: Team, key: Measure, window: int = 0) -> Explanation:
    """A measure of the gate, counted now by the function that the recount calls, in the window of the criterion."""
    evidence = Evidence(team)
    figure = MEASURES[key](evidence, window)
    lister = PEOPLE.get(key)
    people = None
    if lister is not None and figure.value is not None:
        people = _named(lister(evidence, window), team, figure.as_of)
    return Explanation(
        title=str(key.label),
        value=figure.value,
        written="" if figure.value is None else wording.have(key, _operator(team, key, window), figure.value),
        formula=key.explanation,
        as_of=figure.as_of,
        window=ending(figure.window),
        people=people,
        left_out=_left_out(evidence, key, window, figure.as_of) if key.needs_data else [],
        points=sentences(team, None) if key.needs_data else [],
        reason=figure.reason,
        facts=[
            *((LABELS[name](), shown(told)) for name, told in figure.detail.items() if name in LABELS),
            *(_point(point) for point in figure.points),
            *_pace(team, key, window),
            *(_adopted() if key == Measure.CONTRIBUTION_JUMP else []),
            *records(evidence, key, figure),
        ],
    )


def _pace(team: Team, key: Measure, window: int) -> list[tuple[str, object]]:
    """Where the last eight weeks lead, where the gate still lacks the measure and its weeks tell a pace."""
    if key not in trajectories.TOLD:
        return []
    verdict = gates.verdicts_of([team], states={team.pk: []})[team.pk]  # no milestone has a pace, so none is read
    words = trajectories.outlook_of(team, verdict, key, window)
    return [(_("Outlook"), f"{words} {trajectory.method()}")] if words else []


def _point(point: dict[str, object]) -> tuple[str, object]:
    """A weekly point on which growth has to hold."""
    week = date_format(date.fromisoformat(str(point["week"])), "j M Y")
    told = {"factor": wording.amount(Measure.ACTIVE_GROWTH, Decimal(str(point["value"]))), "active": point["active"]}
    return _("Week to %(day)s") % {"day": week}, _("%(factor)s, %(active)s active") % told


def _adopted() -> list[tuple[str, object]]:
    """Who gave the jump its threshold, or from how many teams one could be proposed."""
    criterion = thresholds.undefined()
    adoption = thresholds.latest(criterion) if criterion else None
    if adoption is None:
        told = thresholds.proposal()
        words = {"n": told.n, "wanted": thresholds.TEAMS_FOR_A_THRESHOLD, "number": told.threshold}
        if told.threshold is None:
            return [(_("Threshold"), _("undefined, %(n)d of %(wanted)d teams") % words)]
        return [(_("Threshold"), _("undefined; proposed %(number)s times, from %(n)d teams") % words)]
    adopted = {"number": adoption.threshold, "who": adoption.by, "day": date_format(adoption.at, "j M Y")}
    return [(_("Threshold"), _("%(number)s times, adopted by %(who)s on %(day)s") % adopted)]


def _left_out(evidence: Evidence, key: Measure, window: int, day: date) -> list[Reason]:
    """Who would be in a measure if they did not work with the team, or if everybody's acts counted; and what."""
    found = []
    if evidence.left_out:
        names = [f"{person.name} ({person.role_label})" for person in evidence.left_out]
        found.append(Reason(_("Works with the team, so never counts at its gate"), len(names), names=names))
    if seen_by := SEEN_BY.get(key):
        everybody, counted = (seen_by(evidence, window, population) for population in (EVERYTHING, VOLUNTEERS))
        found += other_people(Population.VOLUNTEERS, everybody, counted)
    return found + uncounted(evidence.team, None, day)


def _ids(spans: SpanQuerySet) -> set[int]:
    return set(spans.values_list("contributor_id", flat=True))


def _operator(team: Team, key: Measure, window: int) -> Operator:
    """How the gate of the team's stage holds the measure against its threshold: it decides the side of rounding."""
    asking = team.stage.criteria.filter(measure=key, retired=False).order_by("pk")
    windows = {each.window_days or 0: Operator(each.operator) for each in asking}
    return windows.get(window, Operator.AT_LEAST)


def ending(days: int) -> str:
    """A window, in words that follow its last day; nothing for none."""
    return ngettext("%(n)d day that ends on it", "%(n)d days that end on it", days) % {"n": days} if days else ""


#: What of a measure's detail a reader sees, and how it is called.
LABELS: dict[str, Callable[[], str]] = {
    "baseline": lambda: _("Active on the day of entry"),
    "now": lambda: _("Active on the as-of day"),
    "entered_on": lambda: _("The stage was entered"),
    "sources": lambda: _("Counted from the sources"),
    "sources_begun_later": lambda: _("Left out, for their data begins after the entry"),
    "unclassified": lambda: _("Of whom nobody has called a volunteer (counted with the volunteers)"),
    "through": lambda: _("Already through: a further step or level"),
    "unconnected": lambda: _("New, but not connected to an opportunity"),
    "before": lambda: _("Core at the beginning of the window"),
    "kept": lambda: _("Core on both days"),
    "contributors": lambda: _("Contributors in the window"),
    "contributions": lambda: _("Contributions in the window"),
    "most": lambda: _("Most contributions by one person"),
    "shown": lambda: _("Growth in the last half year of Scaling"),
    "not_shown": lambda: _("No growth in the last half year of Scaling"),
    "fresh": lambda: _("Fresh sources"),
    "stale": lambda: _("Stale sources"),
    "pathways": lambda: _("Pathways"),
    "links": lambda: _("Links"),
    "case_studies": lambda: _("Case studies"),
}


def shown(told: object) -> object:
    """A list in words, a day as people write it, a growth with its people, everything else as it is."""
    if isinstance(told, dict):
        return _("%(growth)s times (%(before)s to %(after)s people)") % told
    if isinstance(told, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", told):
        return date_format(date.fromisoformat(told), "j M Y")
    return ", ".join(str(each) for each in told) or "–" if isinstance(told, list) else told  # noqa: RUF001


def _listed(spans: Iterable[Span]) -> list[Who]:
    """One row a person: the highest level of the spans, since the earliest of them."""
    rows = named(_highest(spans))
    return sorted(rows, key=lambda who: (who.name.casefold(), who.id))


def _highest(spans: Iterable[Span]) -> list[Who]:
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


def _named(people: Sequence[int], team: Team, day: date) -> list[Who]:
    """People of a measure, with what they hold on the day; all of them, whether they hold something or not."""
    spans = Span.objects.of(team, EVERYTHING).on(day).filter(contributor_id__in=people)
    held = {who.id: who for who in _highest(spans)}
    return named([held.get(pk) or Who(pk, "") for pk in people])
