"""The geometry of growth against a target."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lifecycle.charts import LABEL_GAP
from lifecycle.course import HEIGHT, MARKS, TOP, course

FIRST = date(2026, 1, 4)


def sundays(number: int) -> list[date]:
    return [FIRST + timedelta(weeks=week) for week in range(number)]


def told(day: date, values: Sequence[int]) -> str:
    return f"{day}: {values[0]}"


def per_cent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_the_target_is_the_ceiling_and_its_parts_are_lines() -> None:
    drawn = course(sundays(3), [2, 4, 1], as_of=FIRST + timedelta(weeks=1), target=20.0, tell=told)
    assert drawn is not None
    assert (drawn.view_box, drawn.past, drawn.ahead) == ("0 0 2 20", "M0 18 L1 16", "M1 16 L2 19")
    assert drawn.above == "M1 16 L2 19 L2 0 L1 0Z"
    assert [(level.part, level.value, per_cent(level.y)) for level in drawn.levels] == [
        (100, 20, 8), (75, 15, 27), (50, 10, 46), (25, 5, 65),
    ]  # fmt: skip
    assert [sense.words for sense in drawn.senses] == ["2026-01-04: 2", "2026-01-11: 4", "2026-01-18: 1"]


def test_people_are_whole_so_a_part_of_the_target_is_rounded_up() -> None:
    drawn = course(sundays(2), [1, 1], as_of=FIRST, target=10.5, tell=told)
    assert drawn is not None
    assert [level.value for level in drawn.levels] == [11, 8, 6, 3]


def test_the_weeks_that_must_hold_are_marked_as_they_stand() -> None:
    days = sundays(3)
    drawn = course(days, [2, 9, 1], as_of=days[1], target=8.0, checked={days[0]: False, days[1]: True}, tell=told)
    assert drawn is not None
    assert [(dot.words, dot.holds) for dot in drawn.dots] == [("2026-01-04: 2", False), ("2026-01-11: 9", True)]


def test_before_the_first_week_is_over_there_is_no_picture() -> None:
    assert course(sundays(5), [1] * 5, as_of=FIRST - timedelta(days=1), tell=told) is None
    assert course([FIRST], [1], as_of=FIRST, tell=told) is None


@given(
    st.lists(st.integers(0, 5000), min_size=2, max_size=400),
    st.floats(0.5, 50_000),
    st.integers(0, 500),
    st.booleans(),
)
def test_everything_stays_inside_and_labels_do_not_touch(
    values: list[int], target: float, weeks: int, has_target: bool
) -> None:
    days = sundays(len(values))
    as_of = FIRST + timedelta(weeks=weeks)
    drawn = course(days, values, as_of=as_of, target=target if has_target else None, tell=told)
    assert drawn is not None
    for place in (drawn.now_y, drawn.end_y, *(level.y for level in drawn.levels)):
        assert TOP - 0.01 <= per_cent(place) <= TOP + HEIGHT + 0.01
    labelled = [per_cent(level.y) for level in drawn.levels if level.is_labelled]
    assert all(below - above >= LABEL_GAP - 0.02 for above, below in itertools.pairwise(labelled))
    assert len(drawn.marks) <= MARKS + 1
    assert all(mark.day.day == 1 for mark in drawn.marks)
