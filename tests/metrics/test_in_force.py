"""Which definition was in force when a decision was made: asked of the decision itself, whatever became of it since."""

from decimal import Decimal

import pytest

from pathways import rules
from pathways.models import Level
from pathways.rules import Point
from teams import promotion
from tests.conftest import People
from tests.factories import CriterionFactory, MeasurementFactory, PathwayFactory, StageFactory
from tests.teams.scenes import asked, fresh

pytestmark = pytest.mark.django_db


def test_a_decision_keeps_what_it_was_judged_by(people: People) -> None:
    """The condition, its measure of success, and the rule of the level that was counted."""
    team = people.team
    StageFactory.create(order=team.stage.order + 1)
    pathway = PathwayFactory.create(team=team, name="Patch and review")
    rules.set_points(pathway, [Point(Level.ACTIVE, "Regular", [], 4, 2, 1, 90, [])], actor=people.activator)
    criterion = CriterionFactory.create(
        stage=team.stage, measure="active_contributors", threshold=Decimal(3), text="Three come back."
    )
    MeasurementFactory.create(team=team, measure="active_contributors", value=5)
    client = people.client("partner")
    request = asked(team, people.activator)
    decision = promotion.promote(request, actor=people.partner, seen_version=fresh(team).data_version)
    before = client.get(f"/teams/lantern/history/{decision.seq}/").content.decode()
    rules.set_points(pathway, [Point(Level.ACTIVE, "Other", [], 9, 9, 9, 300, [])], actor=people.activator)
    type(criterion).objects.update(threshold=99, text="Another sentence.")
    told = client.get(f"/teams/lantern/history/{decision.seq}/").content.decode()
    for words in ("at least 3", "Three come back.", "Patch and review, active", "90 days"):
        assert (words in before, words in told) == (True, True), words
    assert "300" not in told.split("What was counted as what")[1].split("</section>")[0]
