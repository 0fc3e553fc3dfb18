"""Retention by joining cohort as a picture: the numbers of the page, and nothing coloured that is not final."""

from datetime import timedelta

from metrics.cohorts import Asked, Cohort, cohort_of
from metrics.joined_chart import joined_chart
from metrics.retention import Joined
from pathways.models import Level
from teams.models import Population, Team
from tests.conftest import TODAY

AS_OF = TODAY.date()
OPEN = cohort_of(AS_OF)
LAST = cohort_of(OPEN.first - timedelta(days=1))
FINAL = cohort_of(LAST.first - timedelta(days=1))


def joined(people: int, kept: int, cohort: Cohort, level: Level = Level.ACTIVE) -> Joined:
    return Joined(people, kept, level, cohort, AS_OF)


def chart_of(*told: Joined):  # type: ignore[no-untyped-def]
    found = {level: [each for each in told if each.level == level] for level in (Level.CONTRIBUTOR, Level.ACTIVE)}
    asked = Asked(Team(slug="lantern"), AS_OF, Population.VOLUNTEERS)
    return joined_chart(asked, found, lambda **more: f"/{more['level'].name}/{more['cohort']}/")


def test_a_final_cohort_is_coloured_by_its_share_and_says_of_how_many() -> None:
    chart = chart_of(joined(20, 9, FINAL), joined(4, 2, FINAL, Level.CONTRIBUTOR))
    ((row, _place, cells),) = chart.drawn_rows
    assert row.cohort == FINAL
    assert [(cell.text, cell.share, place.heat) for cell, place in cells] == [
        ("2 of 4", None, None),  # under five people: the count
        ("45 % of 20", 45, 3),
    ]
    assert "45 %" in chart.title


def test_what_is_maturing_has_no_number_and_no_colour() -> None:
    chart = chart_of(joined(20, 9, FINAL), joined(30, 30, OPEN))
    (_final, (_row, _place, cells)) = chart.drawn_rows
    assert [(cell.text, cell.is_final, place.heat) for cell, place in cells] == [
        ("–", True, None),  # noqa: RUF001
        ("maturing", False, None),
    ]
    assert "45 %" in chart.title, "the title is of the latest final cohort"


def test_cohorts_run_from_the_oldest_and_each_cell_opens_its_explanation() -> None:
    chart = chart_of(joined(9, 1, OPEN), joined(9, 1, FINAL), joined(9, 1, LAST))
    assert [row.cohort for row in chart.rows] == [FINAL, LAST, OPEN]
    assert chart.rows[0].cells[1].explain == f"/ACTIVE/{FINAL.first}/"


def test_where_nobody_joined_there_is_no_picture() -> None:
    assert chart_of() is None
    assert "no cohort is final yet" in chart_of(joined(9, 1, OPEN)).title
