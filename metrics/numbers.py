"""All numbers of a team, or of one of its pathways, on one page: outcomes, who drifts, and month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import QueryDict
from django.utils.translation import gettext as _

from lifecycle import charts
from lifecycle.tables import links
from metrics.cohorts import Asked
from metrics.drifting import Drifter, drifting
from metrics.flows import Flow, Month, Step, by_month, sum_of
from metrics.outcomes import Outcomes, address, outcomes_of, question_of
from pathways.models import Contributor, Level
from teams.dashboard.numbers import WaterfallChart
from teams.models import Population

#: Months in the table, and in the waterfall; the CSV has all.
MONTHS, YEAR = 24, 12
#: Those who drift longest, by name; their page has all.
NAMED = 10
NAMES = {Level.CASUAL: "casual", Level.ACTIVE: "active", Level.CORE: "core"}


@dataclass(frozen=True)
class Told:
    """One number, and the address of its explanation (none for a nought, or where there are no people to list)."""

    number: int
    explain: str = ""


@dataclass(frozen=True)
class MonthRow:
    """A month, and its numbers in the order of COLUMNS."""

    month: Month
    cells: Sequence[Told]


@dataclass(frozen=True)
class Numbers:
    """The page."""

    asked: Asked
    outcomes: Outcomes
    drifting: int
    drifters: Sequence[tuple[Drifter, str]]
    drifting_explain: str
    months: Sequence[MonthRow]
    waterfall: WaterfallChart | None


def columns() -> list[str]:
    """What the numbers of a month are called."""
    found = [_("New contributors"), _("Prospects")]
    for level in NAMES:
        name = level.label.capitalize()
        found += [f"{name}: {flow.label}" for flow in Flow]
        found.append(_("%(level)s or above at the end") % {"level": name})
    return found


def step_of(month: Month, level: Level) -> Step:
    """One level of a month."""
    step: Step = getattr(month, NAMES[level])
    return step


def figures(month: Month) -> list[int]:
    """The numbers of a month, in the order of `columns`."""
    steps = [step_of(month, level) for level in NAMES]
    of_levels = [number for step in steps for number in (step.converted, step.returned, step.lapsed, step.end)]
    return [month.new, month.prospects, *of_levels]


def numbers_of(asked: Asked) -> Numbers:
    """The page's numbers in eight queries."""
    drifters = drifting(asked)
    longest = drifters[:NAMED]
    names = dict(Contributor.objects.filter(pk__in=[one.contributor_id for one in longest]).values_list("pk", "name"))
    months = by_month(asked)
    return Numbers(
        asked=asked,
        outcomes=outcomes_of(asked),
        drifting=len(drifters),
        drifters=[(one, names.get(one.contributor_id, "")) for one in longest],
        drifting_explain=address(asked, "drifting"),
        months=[_row(asked, month) for month in reversed(months[-MONTHS:])],
        waterfall=_waterfall(asked, months),
    )


def _row(asked: Asked, month: Month) -> MonthRow:
    """Each number with the address that lists its people."""
    on = {"on": month.last.isoformat()}
    window = on | {"days": str((month.last - month.first).days + 1)}
    addresses = [address(asked, "conversions", level=Level.CONTRIBUTOR, **window), address(asked, "prospects", **on)]
    for level in NAMES:
        addresses += [address(asked, "flow", level=level, flow=flow.value, **window) for flow in Flow]
        addresses.append(address(asked, "active-contributors", level=level, **on))
    return MonthRow(
        month, [Told(number, where if number else "") for number, where in zip(figures(month), addresses, strict=True)]
    )


def last_twelve(asked: Asked) -> Sequence[charts.Bar]:
    """The bars of the page's waterfall. One query."""
    chart = _waterfall(asked, by_month(asked))
    return chart.bars if chart else ()


def _waterfall(asked: Asked, every: Sequence[Month]) -> WaterfallChart | None:
    """The last twelve months of the active ones, added up."""
    months = every[-YEAR:]
    if not months:
        return None
    whole = sum_of([month.active for month in months])
    sums = {
        "start": whole.start,
        "converted": whole.converted,
        "returned": whole.returned,
        "lapsed": whole.lapsed,
        "end": whole.end,
    }
    if not any(sums.values()):
        return None
    days = (months[-1].last - months[0].first).days + 1
    begins = months[0].first - timedelta(days=1)
    return WaterfallChart(
        title=_("Active or above: %(start)d + %(converted)d + %(returned)d − %(lapsed)d = %(end)d") % sums,  # noqa: RUF001
        label=_(
            "Waterfall of active contributors: start %(start)d, converted plus %(converted)d, "
            "returned plus %(returned)d, lapsed minus %(lapsed)d, end %(end)d"
        )
        % sums,
        population=str(Population(str(asked.population)).label),
        begins=begins,
        as_of=months[-1].last,
        explain=address(asked, "flow", level=Level.ACTIVE, flow=Flow.CONVERTED.value, days=days),
        bars=charts.waterfall(**sums),
        **links("teams:table", [asked.team.slug, "twelve-months"], QueryDict(question_of(asked))),
        explains=[
            address(asked, "active-contributors", level=Level.ACTIVE, on=begins.isoformat()),
            *(address(asked, "flow", level=Level.ACTIVE, flow=flow.value, days=days) for flow in Flow),
            address(asked, "active-contributors", level=Level.ACTIVE),
        ],
    )
