"""Growth on the page of a team: what is asked for, what there is, and "cannot decide" where it cannot be told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from lifecycle.measures import Measure, Strength
from teams.dashboard.growth import Growth, growth_of
from teams.gates import verdict_of
from teams.models import Team
from tests.conftest import People
from tests.factories import CriterionFactory, MeasurementFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SUNDAY = date(2026, 6, 14)
ACTIVE = [6, 9, 12, 13]
COURSE = {"first": (SUNDAY - timedelta(weeks=3)).isoformat(), "active": [*ACTIVE, 12, *[5] * 51]}
POINTS = [
    {"week": (SUNDAY - timedelta(weeks=3 - week)).isoformat(), "active": active, "value": f"{active / 3:.4f}"}
    for week, active in enumerate(ACTIVE)
]


def grown(team: Team, measure: Measure, *, threshold: int | None = 4, value: str | None, **told: object) -> Growth:
    CriterionFactory.create(
        stage=team.stage,
        measure=measure,
        threshold=threshold,
        strength=Strength.REQUIRED if threshold else Strength.INFORMATIONAL,
    )
    MeasurementFactory.create(
        team=team, measure=measure, value=None if value is None else Decimal(value), as_of=SUNDAY, **told
    )
    found = growth_of(team, verdict_of(Team.objects.get(pk=team.pk)))
    assert found is not None
    return found


def test_it_tells_baseline_target_the_four_weeks_and_what_would_be_left(people: People) -> None:
    detail = {"baseline": 3, "now": 14, "course": COURSE}  # now is no Sunday: one more than on the last one
    found = grown(people.team, Measure.ACTIVE_GROWTH, value="4.3333", detail=detail, points=POINTS)
    assert (found.baseline, found.now, found.target) == (3, 14, 12)
    assert [(week.words, week.holds) for week in found.weeks] == [
        ("2 times", False),
        ("3 times", False),
        ("4 times", True),
        ("4.33 times", True),
    ]
    assert found.chart is not None
    assert (found.chart.now, found.chart.left, found.chart.ends) == (14, 5, SUNDAY + timedelta(weeks=52))
    assert found.chart.title == "Active contributors since Stage 1 was entered: 14 now, 12 asked for"
    assert [(row.day, row.active, row.part, row.is_ahead) for row in found.chart.months][:3] == [
        (date(2026, 5, 31), 9, 75, False),
        (date(2026, 6, 14), 13, 108, False),
        (date(2026, 6, 28), 5, 41, True),
    ]
    page = people.client("viewer").get("/teams/lantern/").content.decode()
    for words in ("Active on entry", "5 left", ">100 %<", "It holds on 2 of 4 weekly points."):
        assert words in page, words


def test_the_months_can_be_taken_along(people: People) -> None:
    detail = {"baseline": 3, "now": 13, "course": COURSE}
    grown(people.team, Measure.ACTIVE_GROWTH, value="4.3333", detail=detail, points=POINTS)
    client = people.client("viewer")
    assert "/teams/lantern/tables/growth.csv" in client.get("/teams/lantern/").content.decode()
    rows = client.get("/teams/lantern/tables/growth.json").json()["rows"]
    assert [*rows[1].values()] == ["2026-06-14", 13, 108, "no"]
    assert [*rows[2].values()] == ["2026-06-28", 5, 41, "yes"]


def test_without_a_baseline_it_cannot_decide_and_says_why(people: People) -> None:
    detail = {"baseline": 0, "now": 13, "course": COURSE}
    reason = "Nobody was active when the stage was entered: there is no baseline."
    found = grown(people.team, Measure.ACTIVE_GROWTH, value=None, reason=reason, detail=detail)
    assert (found.baseline, found.target) == (0, None)
    page = people.client("viewer").get("/teams/lantern/").content.decode()
    section = page[page.index('id="growth"') :]
    assert "Cannot decide" in section[:2000]
    assert reason in section


def test_the_jump_reads_undefined_until_a_threshold_is_adopted(people: People) -> None:
    detail = {"baseline": 10, "now": 13, "teams": 2, "course": COURSE}
    found = grown(people.team, Measure.CONTRIBUTION_JUMP, threshold=None, value="1.3000", detail=detail)
    assert (found.target, found.weeks) == (None, [])
    assert found.condition.reason == "Undefined, 2 of 3 teams."
    assert found.chart is not None
    assert found.chart.title == "Active contributors since Stage 1 was entered: 1.3 times as many as then"
    assert {level.part for level in found.chart.drawn.levels} == {None}


def test_a_stage_that_asks_for_no_growth_has_no_such_section(people: People) -> None:
    CriterionFactory.create(stage=people.team.stage)
    assert growth_of(people.team, verdict_of(people.team)) is None
    assert 'id="growth"' not in people.client("viewer").get("/teams/lantern/").content.decode()


def test_before_anything_was_counted_there_are_words_and_no_picture(people: People) -> None:
    CriterionFactory.create(stage=people.team.stage, measure=Measure.ACTIVE_GROWTH, threshold=10)
    found = growth_of(people.team, verdict_of(people.team))
    assert found is not None
    assert found.chart is None
    assert "It is being counted again." in people.client("viewer").get("/teams/lantern/").content.decode()
