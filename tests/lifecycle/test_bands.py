"""The geometry of bands of days."""

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lifecycle.bands import DAY, LETTER, Row, Sign, Stretch, bands

FIRST = date(2025, 1, 1)
AS_OF = FIRST + timedelta(days=99)  # a hundred days, the last one counted


def on(days: int) -> date:
    return FIRST + timedelta(days=days)


def stay(since: int, until: int | None, label: str = "Stage") -> Stretch:
    return Stretch(on(since), None if until is None else on(until), 1, label, label)


def per_cent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_stays_are_as_wide_as_their_days_and_reach_today() -> None:
    drawn = bands([Row("", [stay(0, 20), stay(20, 70), stay(70, None)])], as_of=AS_OF)
    assert drawn is not None
    assert [(part.x, part.width) for part in drawn.rows[0].parts] == [("0%", "20%"), ("20%", "50%"), ("70%", "30%")]


def test_a_stay_that_lasted_no_day_is_not_drawn() -> None:
    drawn = bands([Row("", [stay(0, 20), stay(20, 20), stay(20, None)])], as_of=AS_OF)
    assert drawn is not None
    assert [part.x for part in drawn.rows[0].parts] == ["0%", "20%"]


def test_words_need_room() -> None:
    drawn = bands([Row("", [stay(0, 4, "Learning"), stay(4, 16, "Learning"), stay(16, None, "Learning")])], as_of=AS_OF)
    assert drawn is not None
    assert [(part.label, part.minor) for part in drawn.rows[0].parts] == [
        ("", True), ("Learning", True), ("Learning", False),
    ]  # fmt: skip
    assert [part.day for part in drawn.rows[0].parts] == [FIRST, None, on(16)]


def test_a_pause_is_named_where_no_sign_stands() -> None:
    pause = Stretch(on(40), on(50), None, "paused", "paused")
    step = Sign(on(42), "stepped back", "stepped back")
    alone = bands([Row("", [stay(0, None)], veils=[pause])], as_of=AS_OF)
    beside = bands([Row("", [stay(0, None)], veils=[pause], signs=[step])], as_of=AS_OF)
    assert alone is not None
    assert beside is not None
    assert (alone.rows[0].veils[0].label, alone.rows[0].veils[0].minor) == ("paused", False)
    assert (beside.rows[0].veils[0].label, beside.rows[0].signs[0].x) == ("", "42%")


def test_rows_share_one_axis() -> None:
    drawn = bands([Row("Old", [stay(0, None)]), Row("Young", [stay(75, None)])], as_of=AS_OF)
    assert drawn is not None
    assert [row.parts[0].x for row in drawn.rows] == ["0%", "75%"]
    assert drawn.rows[0].bar_y != drawn.rows[1].bar_y


def test_without_a_stay_there_is_no_picture() -> None:
    assert bands([], as_of=AS_OF) is None
    assert bands([Row("", [])], as_of=AS_OF) is None
    assert bands([Row("", [Stretch(on(200), None, 1, "", "")])], as_of=AS_OF) is None


@given(st.lists(st.integers(0, 400), min_size=1, max_size=9))
def test_the_stays_fill_the_axis_and_no_two_days_touch(lengths: list[int]) -> None:
    borders = list(itertools.accumulate(lengths, initial=0))
    as_of = on(borders[-1] + 10)
    stays = [stay(since, until) for since, until in itertools.pairwise(borders)] + [stay(borders[-1], None)]
    drawn = bands([Row("", stays)], as_of=as_of)
    assert drawn is not None
    parts = drawn.rows[0].parts
    assert per_cent(parts[0].x) == 0
    assert abs(per_cent(parts[-1].x) + per_cent(parts[-1].width) - 100) < 0.5
    days = [per_cent(part.x) for part in parts if part.day]
    assert all(after - before >= DAY * LETTER - 0.02 for before, after in itertools.pairwise(days))
