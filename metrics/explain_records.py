"""What a measure of records counted, one by one: people appointed, check-ins kept, sources, shares of the work.

As the measures themselves do (`metrics/measures/records.py`), on the as-of day of the figure.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle.days import in_words
from lifecycle.measures import Measure
from metrics.evidence import Evidence
from metrics.figure import Figure
from metrics.measures.contributions import shares
from pathways.models import Contributor, Iteration, Level
from teams.models import CheckIn, Membership, Role

Fact = tuple[str, object]
Teller = Callable[[Evidence, Figure], list[Fact]]


def records(evidence: Evidence, key: Measure, figure: Figure) -> list[Fact]:
    """Each thing that the measure counted, with what is to be known of it; nothing where it counts people by level."""
    teller = TELLERS.get(key)
    return teller(evidence, figure) if teller and figure.value is not None else []


def _members(role: Role) -> Teller:
    def told(evidence: Evidence, figure: Figure) -> list[Fact]:
        held = Membership.objects.filter(team=evidence.team, role=role).select_related("user")
        counted = held.current(figure.as_of).order_by("starts_on", "pk")
        waiting = held.running(figure.as_of).filter(accepted_at__isnull=True).order_by("starts_on", "pk")
        return [
            *((str(each.user), _("since %(day)s") % {"day": _day(each.starts_on)}) for each in counted),
            *((str(each.user), _("not counted: has not accepted yet")) for each in waiting),
        ]

    return told


def _check_ins(evidence: Evidence, figure: Figure) -> list[Fact]:
    first = figure.as_of - timedelta(days=figure.window - 1)
    held = CheckIn.objects.filter(team=evidence.team, held_on__range=(first, figure.as_of)).select_related("by")
    return [(_day(each.held_on), str(each.by)) for each in held.order_by("-held_on", "-pk")]


def _iterations(evidence: Evidence, figure: Figure) -> list[Fact]:
    made = Iteration.objects.filter(pathway__team=evidence.team, on__lte=figure.as_of).select_related("pathway")
    return [(f"{_day(each.on)}, {each.pathway}", each.what) for each in made.order_by("-on", "-pk")]


def _levels(evidence: Evidence, figure: Figure) -> list[Fact]:
    told = figure.detail.get("levels")
    found = told if isinstance(told, list) else []
    words = {True: _("has a conversion point"), False: _("has none")}
    return [(str(level.label), words[level in found]) for level in Level if level is not Level.CONTRIBUTOR]


def _sources(evidence: Evidence, figure: Figure) -> list[Fact]:
    return [
        (each.name, _("complete to %(day)s") % {"day": _day(each.complete_to)} if each.complete_to else _("not told"))
        for each in evidence.sources
    ]


def _shares(evidence: Evidence, figure: Figure) -> list[Fact]:
    """Of those who make half of the contributions, how many each made, and of how many."""
    made = shares(evidence, figure.window)
    whole = sum(number for _who, number in made)
    first = made[: int(figure.value or 0)]
    names = dict(Contributor.objects.filter(pk__in=[who for who, _number in first]).values_list("pk", "name"))
    told: list[Fact] = [
        (
            names.get(who, ""),
            ngettext("%(n)d contribution, %(share)d %%", "%(n)d contributions, %(share)d %%", number)
            % {"n": number, "share": round(100 * number / whole)},
        )
        for who, number in first
    ]
    return told


def _day(day: date) -> str:
    return in_words(day)


TELLERS: Mapping[Measure, Teller] = {
    Measure.ACTIVATORS_APPOINTED: _members(Role.ACTIVATOR),
    Measure.PARTNERS_AGREED: _members(Role.PARTNER),
    Measure.CHECK_INS_90D: _check_ins,
    Measure.PATHWAY_ITERATIONS: _iterations,
    Measure.LEVEL_POINTS_DEFINED: _levels,
    Measure.SOURCES_CONNECTED: _sources,
    Measure.ABSENCE_FACTOR: _shares,
}
