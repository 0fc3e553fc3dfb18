"""Series by month, and what is told of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

#: From this factor on, growth is told with the month in which it was first seen.
TENFOLD = 10
#: Months with more newcomers than this are told (1-definitions: Learning asks for more than 25).
MANY = 25

Months = dict[str, int]
Figures = dict[str, object]


def growth(series: Months) -> list[Figures]:
    """For each month with a value: the largest later value, its first month, the factor, the first month at 10 x."""
    names = list(series)
    found: list[Figures] = []
    for position, name in enumerate(names[:-1]):
        if not series[name]:
            continue
        later = names[position + 1 :]
        best = max(later, key=lambda each: series[each])
        tenfold = (each for each in later if series[each] >= TENFOLD * series[name])
        found.append(
            {
                "baseline_month": name,
                "baseline": series[name],
                "max": series[best],
                "max_month": best,
                "factor": share(series[best], series[name]),
                "first_month_at_10x": next(tenfold, None),
            }
        )
    return found


def many_new(arrivals: Iterable[date]) -> Figures:
    """Months and quarters with more than 25 newcomers, and when the 26th of all came."""
    days = sorted(arrivals)
    by_month = Counter(month(day) for day in days)
    by_quarter = Counter(f"{day.year}-Q{(day.month + 2) // 3}" for day in days)
    return {
        "months": sorted(name for name, number in by_month.items() if number > MANY),
        "quarters": sorted(name for name, number in by_quarter.items() if number > MANY),
        "contributor_26_arrived": midnight(days[MANY]) if len(days) > MANY else None,
    }


def month(day: date) -> str:
    """2026-08."""
    return f"{day:%Y-%m}"


def month_end(name: str) -> date:
    """The last day of 2026-08."""
    first = date.fromisoformat(f"{name}-01")
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months(first: date, last: date) -> Iterator[str]:
    """Every month from one day's to another's."""
    day = first.replace(day=1)
    while day <= last:
        yield month(day)
        day = (day + timedelta(days=31)).replace(day=1)


def midnight(day: date | None) -> str | None:
    """A day as the expected files write it."""
    return f"{day.isoformat()}T00:00:00Z" if day else None


def share(part: int, whole: int) -> float | None:
    """A quotient to six places; None of nothing."""
    return round(part / whole, 6) if whole else None
