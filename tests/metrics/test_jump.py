"""The growth that a team showed in its last half year of Scaling: what the threshold of the jump is proposed from."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lifecycle.measures import Measure
from lifecycle.models import Stage
from metrics.evidence import Evidence
from metrics.measures.growth import shown
from metrics.recount import recount
from pathways.models import Level, Pathway
from teams import thresholds
from teams.models import Measurement, Promotion, PromotionRequest, Team
from tests.factories import (
    ContributorFactory,
    CriterionFactory,
    PathwayFactory,
    PointFactory,
    SourceFactory,
    StageFactory,
    UserFactory,
)
from tests.metrics.acts import act, source_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 6, 17)
DAY = timedelta(days=1)
LEFT = TODAY - 100 * DAY
BEGAN = LEFT - 182 * DAY


@pytest.fixture
def ladder() -> tuple[Stage, Stage]:
    """Scaling, that asks for growth, and Sustaining, that asks for the jump."""
    scaling, sustaining = StageFactory.create(order=4), StageFactory.create(order=5, is_last=True)
    CriterionFactory.create(stage=scaling, measure=Measure.ACTIVE_GROWTH, threshold=10)
    CriterionFactory.create(
        stage=sustaining, measure=Measure.CONTRIBUTION_JUMP, threshold=None, strength="informational"
    )
    return scaling, sustaining


def climbed(ladder: tuple[Stage, Stage], entered: date = BEGAN - DAY, left: date = LEFT) -> Pathway:
    """A pathway of a team that entered Scaling on one day and Sustaining on another; one act is active for 30 days."""
    scaling, sustaining = ladder
    pathway = PathwayFactory.create(team__stage=sustaining, team__entered_on=left)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=1, w=30)
    source_of(pathway, complete_to=TODAY - DAY)
    team, (asker, partner) = pathway.team, UserFactory.create_batch(2)
    frozen: dict[str, Any] = {"data_version": 1, "record": {}}
    Promotion.objects.create(team=team, seq=1, kind="entered", to_stage=scaling, effective_on=entered, **frozen)
    asked = PromotionRequest.objects.create(team=team, stage=scaling, requested_by=asker, state="promoted")
    Promotion.objects.create(
        team=team, seq=2, kind="promoted", from_stage=scaling, to_stage=sustaining, request=asked,
        requested_by=asker, decided_by=partner, effective_on=left, **frozen,
    )  # fmt: skip
    return pathway


def crowd(pathway: Pathway, number: int, *days: date) -> None:
    for person in ContributorFactory.create_batch(number):
        act(pathway, person, *days)


def told(pathway: Pathway) -> dict[str, object]:
    recount(pathway.team_id)
    return shown(Evidence(Team.objects.get(pk=pathway.team_id)))


def test_growth_is_of_the_26_weeks_that_end_on_the_day_of_leaving(ladder: tuple[Stage, Stage]) -> None:
    pathway = climbed(ladder)
    crowd(pathway, 2, BEGAN - 29 * DAY)  # still active on that day
    crowd(pathway, 4, BEGAN - 30 * DAY)  # lapsed the day before
    crowd(pathway, 3, LEFT)
    crowd(pathway, 9, LEFT + DAY)
    assert told(pathway) == {
        "shown": {
            "growth": "1.5000",
            "before": 2,
            "after": 3,
            "since": BEGAN.isoformat(),
            "until": LEFT.isoformat(),
        }
    }


def test_like_for_like_a_source_that_began_later_makes_no_growth(ladder: tuple[Stage, Stage]) -> None:
    pathway = climbed(ladder)
    crowd(pathway, 2, BEGAN - DAY, LEFT)
    late = SourceFactory.create(pathway=pathway, complete_to=TODAY - DAY)
    for person in ContributorFactory.create_batch(5):
        act(pathway, person, LEFT, source=late)
    assert told(pathway)["shown"]["growth"] == "1.0000"  # type: ignore[index]


@pytest.mark.parametrize(
    ("entered", "reason"),
    [(BEGAN, ""), (BEGAN + DAY, "less than 26 weeks")],
)
def test_a_team_that_stood_there_less_than_half_a_year_shows_none(
    ladder: tuple[Stage, Stage], entered: date, reason: str
) -> None:
    pathway = climbed(ladder, entered)
    crowd(pathway, 2, BEGAN - DAY, LEFT)
    found = told(pathway)
    assert ("shown" in found) == (not reason)
    assert reason in str(found.get("not_shown", ""))


def test_without_a_baseline_or_data_none_is_shown(ladder: tuple[Stage, Stage]) -> None:
    pathway = climbed(ladder)
    crowd(pathway, 2, LEFT)
    assert "no baseline" in str(told(pathway)["not_shown"])
    source_of(pathway, complete_to=LEFT - DAY)
    assert "does not reach" in str(told(pathway)["not_shown"])


def test_a_team_in_scaling_shows_nothing_yet(ladder: tuple[Stage, Stage]) -> None:
    pathway = PathwayFactory.create(team__stage=ladder[0])
    assert told(pathway) == {}


def test_three_teams_make_a_proposal_of_their_lower_quartile(ladder: tuple[Stage, Stage]) -> None:
    for place, after in enumerate((2, 3, 6), start=1):
        pathway = climbed(ladder)
        crowd(pathway, 2, BEGAN - DAY)
        crowd(pathway, after, LEFT)
        recount(pathway.team_id)
        row = Measurement.objects.get(team=pathway.team, measure=Measure.CONTRIBUTION_JUMP)
        assert row.detail["teams"] == place
        found = thresholds.proposal()
        assert (found.n, found.threshold) == (place, Decimal("1.25") if place == 3 else None)
    assert [str(value) for value in found.spread] == ["1.00", "1.25", "1.50", "2.25", "3.00"]
