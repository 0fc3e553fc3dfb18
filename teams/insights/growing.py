"""The growth that teams show where the gate asks for it (Scaling), against what it asks for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, QuerySet, Subquery

from lifecycle.measures import Measure, Operator
from lifecycle.models import Criterion
from teams import wording
from teams.models import Measurement, Team
from teams.models.team import TeamQuerySet


@dataclass(frozen=True)
class Growing:
    """One team: its people then and now, how many times as many, the target; or the reason why there is none."""

    team: Team
    before: int | None
    now: int | None
    times: Decimal | None
    words: str
    target: Decimal | None
    reason: str
    as_of: date
    is_updating: bool

    @property
    def share(self) -> str:
        """The part of the target, as a width; no more than the whole."""
        return f"{min(100 * self.times / self.target, Decimal(100)):.1f}%" if self.times and self.target else "0%"

    @property
    def is_reached(self) -> bool:
        """As many times as are asked for."""
        return self.times is not None and self.target is not None and self.times >= self.target


def growing(teams: TeamQuerySet) -> QuerySet[Measurement]:
    """The measurements of those in a stage whose gate asks for growth, the largest first."""
    asking = Criterion.objects.filter(measure=Measure.ACTIVE_GROWTH, retired=False)
    here = teams.filter(stage__in=asking.values("stage")).exclude(state=Team.State.RETIRED)
    rows = Measurement.objects.filter(measure=Measure.ACTIVE_GROWTH, window_days=0, team__in=here)
    return rows.select_related("team__stage").order_by(F("value").desc(nulls_last=True), "team__name", "pk")


def rows_of(found: QuerySet[Measurement]) -> list[Growing]:
    """A row for each of them, with what its stage's gate asks for. One query."""
    asking = Criterion.objects.filter(stage=OuterRef("team__stage"), measure=Measure.ACTIVE_GROWTH, retired=False)
    target = Subquery(asking.order_by("order").values("threshold")[:1])
    return [_row(each, each.target) for each in found.annotate(target=target)]


def _row(found: Measurement, target: Decimal | None) -> Growing:
    detail = found.detail
    return Growing(
        team=found.team,
        before=detail.get("baseline"),
        now=detail.get("now"),
        times=found.value,
        words=wording.have(Measure.ACTIVE_GROWTH, Operator.AT_LEAST, found.value),
        target=target,
        reason=found.reason,
        as_of=found.as_of,
        is_updating=found.data_version < found.team.facts_version,
    )
