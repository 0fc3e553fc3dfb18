"""The geometry of the charts."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import charts

counts = st.integers(0, 50_000)
SUNDAY = date(2026, 6, 14)


def per_cent(text: str) -> float:
    return float(text.removesuffix("%"))


def told(day: date, values: Sequence[int]) -> str:
    return f"{day}: {', '.join(map(str, values))}"


@pytest.mark.parametrize(
    ("maximum", "expected"),
    [(0, (2, 1)), (1, (2, 1)), (4, (4, 1)), (5, (5, 1)), (6, (6, 2)), (11, (15, 5)), (59, (60, 20)), (388, (400, 100))],
)
def test_axis_has_a_round_top_and_few_lines(maximum: int, expected: tuple[int, int]) -> None:
    assert charts.scale(maximum) == expected


@given(counts)
def test_axis_always_reaches_the_maximum_with_at_most_five_steps(maximum: int) -> None:
    top, step = charts.scale(maximum)
    assert top >= maximum
    assert top % step == 0
    assert 2 <= top // step <= 5


def test_sparkline_runs_from_left_to_right_between_floor_and_ceiling() -> None:
    spark = charts.sparkline([0, 5, 10])
    assert spark is not None
    assert spark.path == "M0 23 L50 12 L100 1"
    assert (spark.last_y, spark.change) == ("4.17%", 10)


def test_sparklines_of_one_column_share_a_scale() -> None:
    small = charts.sparkline([10, 10], top=100)
    assert small is not None
    assert small.path == "M0 20.8 L100 20.8"


def test_one_value_is_no_line() -> None:
    assert charts.sparkline([7]) is None
    assert charts.stacked_area([SUNDAY], [("core", [1])], told) is None


def test_area_stacks_each_layer_on_the_one_below() -> None:
    area = charts.stacked_area([SUNDAY, SUNDAY + timedelta(7)], [("core", [1, 2]), ("active", [3, 2])], told)
    assert area is not None
    assert area.view_box == "0 0 1 4"
    assert [layer.path for layer in area.layers] == ["M0 3 L1 2 L1 4 L0 4Z", "M0 0 L1 0 L1 2 L0 3Z"]
    assert [tick.value for tick in area.y_ticks] == [0, 1, 2, 3, 4]
    assert area.senses[1].words == "2026-06-21: 2, 2"


@given(st.lists(st.tuples(counts, counts, counts), min_size=2, max_size=60))
def test_labels_of_an_area_never_touch_and_stay_in_the_picture(weeks: list[tuple[int, int, int]]) -> None:
    days = [SUNDAY + timedelta(7 * i) for i in range(len(weeks))]
    area = charts.stacked_area(days, [(name, [week[i] for week in weeks]) for i, name in enumerate("abc")], told)
    assert area is not None
    places = [per_cent(layer.label_y) for layer in area.layers]
    assert all(lower - upper >= charts.LABEL_GAP - 0.011 for lower, upper in itertools.pairwise(places))
    assert min(places) >= charts.PLOT_TOP - 0.011
    assert max(places) <= 100


def test_months_are_named_where_they_begin() -> None:
    days = [date(2026, 1, 25) + timedelta(7 * i) for i in range(10)]
    assert [(month.first, month.minor) for month in charts.months(days)] == [
        (date(2026, 2, 1), False),
        (date(2026, 3, 1), True),
    ]


@given(counts, counts, counts, st.data())
def test_waterfall_adds_up_and_stays_between_floor_and_ceiling(
    start: int, converted: int, returned: int, data: st.DataObject
) -> None:
    lapsed = data.draw(st.integers(0, start + converted + returned))
    bars = charts.waterfall(
        start=start, converted=converted, returned=returned, lapsed=lapsed, end=start + converted + returned - lapsed
    )
    assert [bar.key for bar in bars] == ["start", "converted", "returned", "lapsed", "end"]
    for bar in bars:
        assert charts.CEILING - 0.011 <= per_cent(bar.y) <= charts.FLOOR
        assert per_cent(bar.height) >= 0
    assert bars[3].link_y == bars[4].y


def test_waterfall_refuses_numbers_that_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="is not 9"):
        charts.waterfall(start=5, converted=3, returned=1, lapsed=1, end=9)


def test_funnel_shows_who_stopped_and_no_share_of_a_handful() -> None:
    rungs = charts.funnel([("prospects", 8), ("casual", 4), ("active", 1)])
    assert [(r.width, r.rest_width, r.stopped, r.share) for r in rungs] == [
        ("100%", "0%", None, None),
        ("50%", "50%", 4, 50),
        ("12.5%", "37.5%", 3, None),
    ]


def test_nobody_makes_no_funnel() -> None:
    assert charts.funnel([("prospects", 0), ("casual", 0)]) == []
