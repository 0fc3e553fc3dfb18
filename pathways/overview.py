"""A pathway as its page reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from lifecycle import clock
from pathways import health, wording
from pathways.models import ConversionPoint, FunnelLink, Iteration, Level, Pathway, Steward
from pathways.rules import point_of
from pathways.steps import Steps, steps_of
from teams.dashboard.explainers import Explainers, day_of
from teams.dashboard.numbers import Numbers, numbers_of
from teams.models import Population, Team, WeeklyCount


@dataclass(frozen=True)
class Row:
    """A pathway in the team's list; the numbers are None before anything was counted in it."""

    pathway: Pathway
    is_open: bool
    met: int
    asked: int
    active: int | None
    core: int | None
    explain_active: str
    explain_core: str


@dataclass(frozen=True)
class Ways:
    """The ways to one level, each with its label, its rule, and since when it is in force: any one suffices."""

    level: Level
    ways: Sequence[tuple[str, str, date | None]]


@dataclass(frozen=True)
class Overview:
    """Everything that a pathway's page tells."""

    pathway: Pathway
    is_open: bool
    numbers: Numbers | None
    steps: Steps | None
    levels: Sequence[Ways]
    stewards: Sequence[Steward]
    links: Sequence[FunnelLink]
    iterations: Sequence[Iteration]
    checks: Sequence[health.Check]

    @property
    def met(self) -> int:
        """How many of the questions of health are answered with yes."""
        return sum(check.is_met for check in self.checks)


def rows_of(team: Team) -> list[Row]:
    """The team's pathways, open ones first. A fixed number of queries."""
    counts = WeeklyCount.objects.filter(team=team, population=Population.VOLUNTEERS, pathway_id__gt=0)
    stocks = {week.pathway_id: week for week in counts.order_by("pathway_id", "-week").distinct("pathway_id")}
    rows = []
    for pathway in (
        Pathway.objects.filter(team=team).select_related("team").prefetch_related(*health.READS).order_by("name")
    ):
        answers, stock = health.checks(pathway), stocks.get(pathway.pk)
        met = sum(check.is_met for check in answers)
        explain = Explainers(team, Population.VOLUNTEERS, pathway.slug, day_of(stock)) if stock else None
        rows.append(
            Row(
                pathway=pathway,
                is_open=is_open(pathway),
                met=met,
                asked=len(answers),
                active=stock.active if stock else None,
                core=stock.core if stock else None,
                explain_active=explain.stock("active") if explain else "",
                explain_core=explain.stock("core") if explain else "",
            )
        )
    return sorted(rows, key=lambda row: not row.is_open)


def overview(pathway: Pathway, population: Population) -> Overview:
    """One pathway, with the numbers of one population. A fixed number of queries."""
    prefetch_related_objects([pathway], *health.READS)
    labels = wording.kind_labels()
    points = pathway.points.all()
    return Overview(
        pathway=pathway,
        is_open=is_open(pathway),
        numbers=numbers_of(pathway.team, population, pathway_id=pathway.pk, pathway=pathway.slug),
        steps=steps_of(pathway, population, labels),
        levels=[
            Ways(level, [_way(point, labels) for point in points if point.level == level])
            for level in Level
            if level is not Level.CONTRIBUTOR
        ],
        stewards=[steward for steward in pathway.stewards.all() if steward.is_current],
        links=list(pathway.funnel_links.all()),
        iterations=list(pathway.iterations.all()),
        checks=health.checks(pathway),
    )


def _way(point: ConversionPoint, labels: Mapping[int, str]) -> tuple[str, str, date | None]:
    return point.label, wording.sentence(point_of(point), labels), point.since


def is_open(pathway: Pathway) -> bool:
    """Whether people can walk it today."""
    today = clock.today()
    begun = pathway.opened_on is not None and pathway.opened_on <= today
    return begun and (pathway.closed_on is None or pathway.closed_on > today)
