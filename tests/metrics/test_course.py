"""The course of growth against a plain loop over people and days."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.measures.course import WEEKS_AHEAD, course, standing, sundays_from
from metrics.measures.entries import Held

DAY = timedelta(days=1)
BEGAN = date(2026, 1, 1)
days = st.integers(0, 120).map(lambda number: BEGAN + number * DAY)
runs = st.lists(
    st.tuples(st.integers(1, 4), days, st.integers(1, 90)).map(
        lambda told: Held(who=told[0], population=1, first=told[1], until=told[1] + told[2] * DAY)
    ),
    max_size=12,
)


def plainly(held: list[Held], day: date, as_of: date) -> int:
    """Everybody, one by one: active on a past day by any run, on a later one by a run that has begun."""
    people = set()
    for run in held:
        begun = run.first <= as_of and run.first <= day
        if begun and day < run.until:
            people.add(run.who)
    return len(people)


@given(held=runs, entry=days, as_of=days)
def test_each_sunday_counts_who_a_plain_loop_counts(held: list[Held], entry: date, as_of: date) -> None:
    asked = sundays_from(entry, as_of)
    assert standing(held, asked, as_of) == [plainly(held, day, as_of) for day in asked]


@given(held=runs, as_of=days)
def test_if_nobody_acts_the_number_never_rises(held: list[Held], as_of: date) -> None:
    ahead = [as_of + number * DAY for number in range(200)]
    told = standing(held, ahead, as_of)
    assert all(later <= before for before, later in itertools.pairwise(told))


@pytest.mark.parametrize("entry", [date(2026, 6, 14), date(2026, 6, 15), date(2026, 6, 20), date(2026, 6, 21)])
def test_the_sundays_run_from_the_week_of_entry_to_a_year_ahead(entry: date) -> None:
    as_of = date(2026, 7, 1)
    asked = sundays_from(entry, as_of)
    assert asked[0] == (date(2026, 6, 14) if entry == date(2026, 6, 14) else date(2026, 6, 21))
    assert all(day.isoweekday() == 7 for day in asked)
    assert asked[-1] <= as_of + WEEKS_AHEAD * 7 * DAY < asked[-1] + 7 * DAY


def test_a_measurement_keeps_the_first_sunday_and_a_number_a_week() -> None:
    run = Held(who=1, population=1, first=date(2026, 6, 20), until=date(2026, 7, 1))
    told = course([run], date(2026, 6, 15), date(2026, 6, 22))
    assert told["first"] == "2026-06-21"
    assert told["active"] == [1, 1] + [0] * (WEEKS_AHEAD - 1)
