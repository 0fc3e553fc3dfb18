"""What all teams together tell: how long stages take, what holds teams back, and how far growth has gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.boxes import Boxes, BoxRow, Quartiles, boxes
from lifecycle.models import Stage
from teams.insights.growing import Growing, growing, rows_of
from teams.insights.holding import Holding, holding
from teams.insights.jump import Jump, jump_of
from teams.insights.scope import Scope
from teams.insights.stays import Lengths, StageStays, stays

#: Teams on a page of the growth.
PAGE = 25
#: From so many stays on, a stage's median is said to be anything.
STAYS_FOR_A_FINDING = 3


@dataclass(frozen=True)
class StaysChart:
    """The lengths of stays, a row a stage."""

    title: str
    drawn: Boxes
    rows: Sequence[tuple[StageStays, BoxRow]]


@dataclass(frozen=True)
class Insights:
    """The page."""

    is_all: bool
    teams: int
    day: date
    stays: Sequence[StageStays]
    stays_chart: StaysChart | None
    holding: Sequence[Holding]
    growing: Sequence[Growing]
    page: Page[int]
    jump: Jump


def insights_of(scope: Scope, page: str | None = None) -> Insights:
    """Everything that the reader's page shows. A fixed number of queries at any number of teams."""
    stages = list(Stage.objects.filter(retired=False))
    lengths = stays(scope.counted, stages)
    asked = growing(scope.named)
    numbered = Paginator(range(asked.count()), PAGE).get_page(page)
    first = max(numbered.start_index() - 1, 0)
    return Insights(
        is_all=scope.is_all,
        teams=scope.counted.count(),
        day=clock.today(),
        stays=lengths,
        stays_chart=_chart(lengths),
        holding=holding(scope.counted, stages),
        growing=rows_of(asked[first : first + PAGE]),
        page=numbered,
        jump=jump_of(scope.named),
    )


def _chart(lengths: Sequence[StageStays]) -> StaysChart | None:
    drawn = boxes([(_quartiles(row.over), _quartiles(row.running)) for row in lengths])
    if drawn is None:
        return None
    return StaysChart(_title(lengths), drawn, list(zip(lengths, drawn.rows, strict=True)))


def _title(lengths: Sequence[StageStays]) -> str:
    """The stage that takes longest, of those that enough teams have left."""
    left = [(row.over.median, row.stage) for row in lengths if row.over and row.over.stays >= STAYS_FOR_A_FINDING]
    if not left:
        return _("Days that teams stay in each stage")
    days, stage = max(left, key=lambda each: each[0])
    return _("%(stage)s takes longest: half of the teams left it within %(days)d days") % {"stage": stage, "days": days}


def _quartiles(told: Lengths | None) -> Quartiles | None:
    return (told.lower, told.median, told.upper) if told else None
