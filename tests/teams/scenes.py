"""Small scenes that several tests of the gate need."""

from decimal import Decimal
from typing import Any

from lifecycle.measures import Measure
from lifecycle.models import Criterion, Stage
from teams.models import Measurement, Promotion, PromotionRequest, Team, User
from tests.factories import CriterionFactory, MeasurementFactory, StageFactory


def fresh(team: Team) -> Team:
    """The team as the database has it now."""
    return Team.objects.select_related("stage").get(pk=team.pk)


def stages(count: int = 3) -> list[Stage]:
    """The first stages, the last of them marked as last."""
    return [StageFactory.create(order=order, is_last=order == count) for order in range(1, count + 1)]


def measured(team: Team, value: object = 1, **values: Any) -> tuple[Criterion, Measurement]:
    """A required criterion 'at least 1 active contributor' of the team's stage, and its current measurement."""
    criterion = CriterionFactory.create(stage=team.stage, measure=Measure.ACTIVE_CONTRIBUTORS, threshold=Decimal(1))
    measurement = MeasurementFactory.create(team=team, value=value, **values)
    return criterion, measurement


def asked(team: Team, user: User) -> PromotionRequest:
    """An open request of the team, made by somebody."""
    return PromotionRequest.objects.create(team=team, stage=team.stage, requested_by=user)


def history(team: Team) -> list[tuple[int, str]]:
    """The team's decisions in order."""
    return list(Promotion.objects.filter(team=team).values_list("seq", "kind"))
