"""The geometry of a cohort heat map."""

import pytest

from lifecycle.heat import heat, heat_map


@pytest.mark.parametrize(
    ("share", "step"), [(None, None), (0, 0), (1, 1), (9, 1), (10, 2), (24, 2), (25, 3), (49, 3), (50, 4), (100, 4)]
)
def test_a_share_has_its_step_of_the_ramp(share: int | None, step: int | None) -> None:
    assert heat(share) == step


def test_rows_and_columns_share_the_picture_without_a_gap() -> None:
    drawn = heat_map([[0, 50, None], [100, None, None], [7, 8, 9]])
    assert drawn is not None
    assert (drawn.head, drawn.width, drawn.height) == ("12.5%", "21.2%", "25%")
    assert [row.y for row in drawn.rows] == ["25%", "50%", "75%"]
    assert [row.middle for row in drawn.rows] == ["37.5%", "62.5%", "87.5%"]
    assert [cell.x for cell in drawn.rows[0].cells] == ["36%", "57.2%", "78.4%"]
    assert drawn.columns == ("46.6%", "67.8%", "89%")
    assert [cell.heat for cell in drawn.rows[0].cells] == [0, 4, None]
    assert heat_map([]) is None
