"""The geometry of quartiles side by side."""

from hypothesis import given
from hypothesis import strategies as st

from lifecycle.boxes import EDGE, boxes

quartiles = st.lists(st.floats(0, 5000), min_size=3, max_size=3).map(lambda told: tuple(sorted(told)))


def per_cent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_all_rows_share_one_scale_from_nought() -> None:
    drawn = boxes([((10, 20, 40), None), (None, (20, 30, 50))])
    assert drawn is not None
    assert drawn.ticks == [("20%", 10), ("40%", 20), ("60%", 30), ("80%", 40)]
    first, second = (row.first or row.second for row in drawn.rows)
    assert first is not None
    assert second is not None
    assert (first.x, first.width, first.median) == ("20%", "60%", "40%")
    assert (second.x, second.width, second.median) == ("40%", "60%", "60%")
    assert (drawn.rows[0].second, drawn.rows[1].first) == (None, None)


def test_without_any_stay_there_is_no_picture() -> None:
    assert boxes([(None, None)]) is None
    assert boxes([]) is None


@given(st.lists(st.tuples(st.none() | quartiles, st.none() | quartiles), max_size=5))
def test_bars_stay_inside_with_the_median_in_them(rows: list[tuple[object, object]]) -> None:
    drawn = boxes(rows)  # type: ignore[arg-type]
    for row in drawn.rows if drawn else []:
        for box in (row.first, row.second):
            if box:
                assert 0 <= per_cent(box.x) <= per_cent(box.median) + 0.01
                assert per_cent(box.median) <= per_cent(box.x) + per_cent(box.width) + 0.02
                assert per_cent(box.x) <= 100
    assert all(per_cent(x) < EDGE for x, _value in (drawn.ticks if drawn else []))
