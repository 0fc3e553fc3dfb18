"""Explains a measure of the gate: by the function that the recount calls, with the people whom it lists itself."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lifecycle.days import in_words
from lifecycle.measures import Measure, Operator
from metrics.evidence import Evidence
from metrics.explain_records import records
from metrics.explanation import Explanation, Who, ending, highest, named
from metrics.in_force import sentences
from metrics.left_out import Reason, other_people, uncounted
from metrics.measures import MEASURES, PEOPLE, SEEN_BY
from metrics.models import Span
from metrics.populations import EVERYTHING, VOLUNTEERS
from teams import gates, thresholds, trajectories, trajectory, wording
from teams.models import Population, Team


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
    adopted = {"number": adoption.threshold, "who": adoption.by, "day": in_words(adoption.at)}
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


def _operator(team: Team, key: Measure, window: int) -> Operator:
    """How the gate of the team's stage holds the measure against its threshold: it decides the side of rounding."""
    asking = team.stage.criteria.filter(measure=key, retired=False).order_by("pk")
    windows = {each.window_days or 0: Operator(each.operator) for each in asking}
    return windows.get(window, Operator.AT_LEAST)


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


def _named(people: Sequence[int], team: Team, day: date) -> list[Who]:
    """People of a measure, with what they hold on the day; all of them, whether they hold something or not."""
    spans = Span.objects.of(team, EVERYTHING).on(day).filter(contributor_id__in=people)
    held = {who.id: who for who in highest(spans)}
    return named([held.get(pk) or Who(pk, "") for pk in people])
