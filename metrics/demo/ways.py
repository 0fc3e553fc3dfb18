"""The way of each demo team through the stages: one stepped back once, and was paused."""

from datetime import timedelta
from typing import Any

from lifecycle import clock
from lifecycle.models import Stage
from teams.models import Promotion, StateChange, Team

#: Stages with the days since they were entered, the first one first.
Way = list[tuple[Stage, int]]

REASONS = {
    Promotion.Kind.PROMOTED: "Decided before the team was recorded here; no numbers were kept.",
    Promotion.Kind.STEPPED_BACK: "Both maintainers left, and nobody was there to answer newcomers. We begin again.",
}


def of(team: Team, told: dict[str, Any]) -> Way:
    """As the plan tells it stage by stage, or by the days since the team entered each, the present one first."""
    stages = {stage.slug: stage for stage in Stage.objects.filter(order__lte=team.stage.order).order_by("order")}
    if "way" in told:
        return [(stages[slug], days) for slug, days in told["way"]]
    return list(zip(stages.values(), reversed(told["stays"]), strict=True))


def pauses(team: Team, told: dict[str, Any]) -> None:
    """Days on which it was paused, each from and until so many days ago."""
    for since, until in told.get("pauses", []):
        for days, state in ((since, Team.State.PAUSED), (until, Team.State.ACTIVE)):
            StateChange.objects.create(team=team, state=state, on=clock.today() - timedelta(days=days))
