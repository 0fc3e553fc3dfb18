"""The page behind a number of the gate tells the gate's own number: its window, its rounding, its people, its sources."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from lifecycle.measures import Measure
from metrics import explain
from metrics.recount import recount
from pathways.models import Level, Pathway
from teams.models import Measurement
from tests.conftest import People
from tests.factories import ContributorFactory, CriterionFactory, PathwayFactory, PointFactory
from tests.metrics.acts import act, source_of
from tests.metrics.test_explain import page, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2026, 6, 17)
DAY = timedelta(days=1)


@pytest.fixture
def pathway(people: People) -> Pathway:
    """Active for 30 days from one act, core from two on two days; data complete to today."""
    pathway = PathwayFactory.create(team=people.team, slug="code", name="Code")
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=1, w=30)
    PointFactory.create(pathway=pathway, level=Level.CORE, n=2, d=2, w=30)
    source_of(pathway, complete_to=TODAY)
    return pathway


def test_the_link_of_the_gate_carries_the_window_of_its_criterion(people: People, pathway: Pathway) -> None:
    CriterionFactory.create(stage=people.team.stage, measure=Measure.NEW_CONTRIBUTORS, threshold=9, window_days=30)
    for days in (10, 20, 90):
        act(pathway, ContributorFactory.create(), TODAY - days * DAY)
    recount(people.team.pk)
    viewer = people.client("viewer")
    asked = reverse("metrics:number", args=["lantern", Measure.NEW_CONTRIBUTORS.value]) + "?days=30"
    assert f'href="{asked}"' in viewer.get("/teams/lantern/").content.decode()
    stored = Measurement.objects.get(team=people.team, measure=Measure.NEW_CONTRIBUTORS, window_days=30)
    assert stored.value == len(rows(viewer, "number-csv", Measure.NEW_CONTRIBUTORS.value, days="30")) == 2
    assert len(rows(viewer, "number-csv", Measure.NEW_CONTRIBUTORS.value)) == 3
    html = page(viewer, "number", Measure.NEW_CONTRIBUTORS.value, days="30")
    assert '<strong class="figure">2</strong>' in html
    assert "30 days that end on it" in html
    assert "new_contributors.csv?days=30" in html
    assert "1 day that ends on it" in page(viewer, "number", Measure.NEW_CONTRIBUTORS.value, days="1")


@pytest.mark.parametrize("days", ["0", "-1", "soon", "999999999999"])
def test_a_window_that_is_none_is_refused(people: People, pathway: Pathway, days: str) -> None:
    viewer = people.client("viewer")
    assert "errorlist" in page(viewer, "number", Measure.NEW_CONTRIBUTORS.value, status=422, days=days)
    page(viewer, "number-csv", Measure.NEW_CONTRIBUTORS.value, status=404, days=days)


@pytest.mark.parametrize(("operator", "words"), [(">=", "66.6 %"), ("<=", "66.7 %")])
def test_a_share_is_rounded_as_at_the_gate(people: People, pathway: Pathway, operator: str, words: str) -> None:
    CriterionFactory.create(
        stage=people.team.stage, measure=Measure.CORE_RETENTION, operator=operator, threshold=Decimal("0.7")
    )
    ago = TODAY - 365 * DAY
    for stays in (True, True, False):
        person = ContributorFactory.create()
        act(pathway, person, ago - DAY, ago, *([TODAY - DAY, TODAY] if stays else []))
    recount(people.team.pk)
    viewer = people.client("viewer")
    assert f"<b>{words}</b>" in viewer.get("/teams/lantern/").content.decode()
    assert f'<strong class="figure">{words}</strong>' in page(viewer, "number", Measure.CORE_RETENTION.value)
    assert explain.measure(people.team, Measure.CORE_RETENTION).words == words
