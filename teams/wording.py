"""Numbers of the gate in plain words: wanted, have, gap. Pure; the words are in the reader's language.

Values are written with few decimals and rounded to the side that cannot flatter: 9.999 times is "9.99 times"
when at least 10 are wanted.
"""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle.days import in_words
from lifecycle.measures import Measure, Operator

PEOPLE = frozenset(
    {
        Measure.ACTIVATORS_APPOINTED,
        Measure.PARTNERS_AGREED,
        Measure.PROTOTYPE_CONTRIBUTORS,
        Measure.NEW_CONTRIBUTORS,
        Measure.ACTIVE_CONTRIBUTORS,
        Measure.CORE_CONTRIBUTORS,
        Measure.LEADERS,
        Measure.MENTORS,
        Measure.ABSENCE_FACTOR,
    }
)
UPWARD = frozenset({Operator.AT_LEAST, Operator.MORE_THAN})


def signed(number: int) -> str:
    """A change with its sign; a loss has a minus, not a hyphen."""
    return f"\N{MINUS SIGN}{-number}" if number < 0 else f"+{number}"


def levels_on(day: date, people: Sequence[int]) -> str:
    """One week of levels, each person in the highest held: core, active, casual."""
    core, active, casual = people
    told = {"day": in_words(day), "core": core, "active": active, "casual": casual}
    return _("Week to %(day)s: %(casual)d casual, %(active)d active, %(core)d core") % told


def holds(value: Decimal, operator: Operator, threshold: Decimal) -> bool:
    """Whether `value operator threshold`, exactly."""
    match operator:
        case Operator.AT_LEAST:
            return value >= threshold
        case Operator.MORE_THAN:
            return value > threshold
        case Operator.AT_MOST:
            return value <= threshold
        case Operator.LESS_THAN:
            return value < threshold


def amount(measure: Measure, value: Decimal, *, rounding: str = ROUND_FLOOR) -> str:
    """A value with its unit: "25", "3.25 times", "40 %"."""
    if measure.unit == "share":
        return _("%(number)s %%") % {"number": _number(value * 100, "0.1", rounding)}
    number = _number(value, "0.01", rounding)
    return _("%(number)s times") % {"number": number} if measure.unit == "factor" else number


def wanted(measure: Measure, operator: Operator, threshold: Decimal | None) -> str:
    """What the criterion asks for: "more than 25"."""
    if threshold is None:
        return _("undefined")
    return f"{operator.label} {amount(measure, threshold)}"


def have(measure: Measure, operator: Operator, value: Decimal | None) -> str:
    """What there is."""
    if value is None:
        return _("not known")
    return amount(measure, value, rounding=ROUND_FLOOR if operator in UPWARD else ROUND_CEILING)


def gap(
    measure: Measure, operator: Operator, threshold: Decimal, value: Decimal, *, baseline: int | None = None
) -> str:
    """What is missing: "1 more person", "2 too many", "10 percentage points to go"; empty if nothing is.

    A factor is told in people where its `baseline` (people at entry) is known.
    """
    if holds(value, operator, threshold):
        return ""
    if measure.unit == "factor" and baseline:
        missing = steps(measure, operator, threshold, value, baseline=baseline)
        return _more_people(missing) if operator in UPWARD else _too_many(missing)
    if measure.unit == "factor":
        return _("%(number)s to go") % {"number": amount(measure, abs(threshold - value), rounding=ROUND_CEILING)}
    if measure.unit == "share":
        points = _number(abs(threshold - value) * 100, "0.1", ROUND_CEILING)
        return _("%(number)s percentage points to go") % {"number": points}
    missing = steps(measure, operator, threshold, value)
    if operator not in UPWARD:
        return _too_many(missing)
    return (
        _more_people(missing) if measure in PEOPLE else ngettext("%(n)d more", "%(n)d more", missing) % {"n": missing}
    )


def steps(
    measure: Measure, operator: Operator, threshold: Decimal, value: Decimal, *, baseline: int | None = None
) -> int:
    """Whole steps from a value that does not satisfy to the nearest whole number that does; at least 1.

    Those of a factor are people, from its `baseline`.
    """
    if measure.unit == "factor" and baseline:
        return _steps(operator, threshold * baseline, (value * baseline).quantize(Decimal(1)))
    return _steps(operator, threshold, value)


def _steps(operator: Operator, threshold: Decimal, value: Decimal) -> int:
    match operator:
        case Operator.AT_LEAST:
            goal = threshold.to_integral_value(ROUND_CEILING)
        case Operator.MORE_THAN:
            goal = threshold.to_integral_value(ROUND_FLOOR) + 1
        case Operator.AT_MOST:
            goal = threshold.to_integral_value(ROUND_FLOOR)
        case Operator.LESS_THAN:
            goal = threshold.to_integral_value(ROUND_CEILING) - 1
    return max(1, int(abs(goal - value).to_integral_value(ROUND_CEILING)))


def _more_people(count: int) -> str:
    return ngettext("%(n)d more person", "%(n)d more people", count) % {"n": count}


def _too_many(count: int) -> str:
    return ngettext("%(n)d too many", "%(n)d too many", count) % {"n": count}


def _number(value: Decimal, step: str, rounding: str) -> str:
    """The value in the reader's notation, rounded to `step`, without idle zeros."""
    rounded = value.quantize(Decimal(step), rounding=rounding)
    text = f"{rounded:f}"
    return number_format(text.rstrip("0").rstrip(".") if "." in text else text)
