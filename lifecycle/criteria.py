"""Criteria in words, and what a threshold may be. Whether a team meets one is decided in `teams/gates.py`."""

from decimal import Decimal

from django.utils.translation import gettext as _

from lifecycle.measures import Measure, Operator, Strength
from lifecycle.models import Criterion

#: Measures that look back over a span of days which the criterion may choose. The others have a fixed one.
WINDOWED = frozenset({Measure.NEW_CONTRIBUTORS})
#: The largest value a measure can take, where it has one.
HIGHEST = {Measure.LEVEL_POINTS_DEFINED: 3, Measure.CORE_RETENTION: 1}
LONGEST_WINDOW = 3660


def wanted(criterion: Criterion) -> str:
    """What the criterion asks for: 'more than 25', 'at least 10 times', 'at least 50 %', 'undefined'."""
    if criterion.threshold is None:
        return _("undefined")
    operator = Operator(criterion.operator).label
    number, unit = criterion.threshold, Measure(criterion.measure).unit
    if unit == "share":
        return _("%(operator)s %(number)s %%") % {"operator": operator, "number": plain(number * 100)}
    if unit == "factor":
        return _("%(operator)s %(number)s times") % {"operator": operator, "number": plain(number)}
    return f"{operator} {plain(number)}"


def plain(number: Decimal) -> str:
    """A number without the zeros that only fill its column: 10, 0.5."""
    return f"{number.normalize():f}"


def faults(criterion: Criterion) -> dict[str, str]:
    """What is wrong with a criterion, by field, in words for somebody who does not program; empty if nothing."""
    if criterion.measure not in Measure.values:
        return {}  # the field itself says so
    measure = Measure(criterion.measure)
    found = {"window_days": _window_fault(measure, criterion.window_days)}
    if criterion.threshold is not None:
        found["threshold"] = _threshold_fault(measure, criterion.threshold, criterion.operator)
    elif criterion.strength != Strength.INFORMATIONAL:
        found["threshold"] = _("Without a number nobody can meet this. Give one, or make the criterion informational.")
    return {field: fault for field, fault in found.items() if fault}


def _threshold_fault(measure: Measure, threshold: Decimal, operator: str) -> str:
    highest = HIGHEST.get(measure)
    is_count = measure.unit == "count"
    rules = [
        (threshold < 0, _("This measure is never below 0.")),
        (
            measure.unit == "share" and threshold > 1,
            _("This measure is a share: write it from 0 to 1, for instance 0.5 for half."),
        ),
        (
            is_count and threshold != threshold.to_integral_value(),
            _("This measure counts whole things: write a whole number."),
        ),
        (
            highest is not None and threshold > highest,
            _("This measure never goes above %(highest)s.") % {"highest": highest},
        ),
        (
            threshold == highest and operator == Operator.MORE_THAN,
            _("Nothing can be more than %(highest)s here. Write “at least”.") % {"highest": highest},
        ),
        (
            threshold == 0 and operator == Operator.LESS_THAN,
            _("Nothing can be less than 0 here. Write “at most”."),
        ),
        (
            threshold == 0 and operator == Operator.AT_LEAST,
            _("Everybody has at least 0, so this asks for nothing. Write a larger number."),
        ),
    ]
    return next((sentence for broken, sentence in rules if broken), "")


def _window_fault(measure: Measure, window_days: int | None) -> str:
    if measure not in WINDOWED:
        return _("This measure has no window to choose. Leave it empty.") if window_days is not None else ""
    if window_days is None:
        return _("Say within how many days the people may have come, for instance 365.")
    if not 1 <= window_days <= LONGEST_WINDOW:
        return _("Write a number of days from 1 to %(longest)s.") % {"longest": LONGEST_WINDOW}
    return ""
