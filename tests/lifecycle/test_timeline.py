"""The geometry of a person's timeline."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lifecycle.timeline import Band, Run, timeline

AS_OF = date(2026, 6, 17)
DAY = timedelta(days=1)


def per_cent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_a_run_is_cut_at_the_day_and_hatched_after_it() -> None:
    band = Band("Active", [Run(date(2026, 1, 1), date(2026, 12, 31), "l2", "active")])
    drawn = timeline([], [band], begins=date(2026, 1, 1), as_of=AS_OF)
    past, future = drawn.bands[0].parts
    assert (past.key, past.x, future.key) == ("l2", "0%", "rest")
    assert future.x == drawn.now
    assert per_cent(future.x) + per_cent(future.width) == 100
    assert drawn.has_future


def test_an_open_run_ends_on_the_day_and_promises_nothing() -> None:
    band = Band("Leader", [Run(date(2020, 1, 1), None, "role", "leader")])
    drawn = timeline([(date(2026, 3, 1), 4)], [band], begins=date(2026, 3, 9), as_of=AS_OF)
    (part,) = drawn.bands[0].parts
    assert (part.x, part.width) == ("0%", "100%")
    assert not drawn.has_future
    assert drawn.begins == date(2026, 3, 1)


def test_what_lies_more_than_a_year_ahead_is_cut() -> None:
    band = Band("Core", [Run(AS_OF, date(2040, 1, 1), "l3", "core"), Run(date(2041, 1, 1), None, "l3", "core")])
    drawn = timeline([], [band], begins=AS_OF, as_of=AS_OF)
    assert drawn.ends == AS_OF + 366 * DAY
    assert [part.key for part in drawn.bands[0].parts] == ["l3", "rest"]


days = st.dates(date(1990, 1, 1), date(2028, 1, 1))
runs = st.builds(lambda first, length: Run(first, first + length * DAY, "l1", ""), days, st.integers(1, 4000))


@given(st.dictionaries(days.map(lambda day: day.replace(day=1)), st.integers(0, 500)), st.lists(runs), days)
def test_nothing_is_drawn_outside_the_picture(months: dict[date, int], some: list[Run], as_of: date) -> None:
    seen = sorted((first, number) for first, number in months.items() if first <= as_of)
    begins = min([first for first, _number in seen] + [run.first for run in some] + [as_of])
    drawn = timeline(seen, [Band("", some)], begins=begins, as_of=as_of)
    places = [(each.x, each.width) for each in drawn.columns]
    places += [(part.x, part.width) for band in drawn.bands for part in band.parts]
    assert all(0 <= per_cent(x) <= 100 and per_cent(x) + per_cent(width) <= 100.5 for x, width in places)
    assert len(drawn.columns) == sum(number > 0 for _first, number in seen)
    assert len(drawn.marks) <= 7
    assert all(4 <= per_cent(mark.x) <= 96 for mark in drawn.marks)
