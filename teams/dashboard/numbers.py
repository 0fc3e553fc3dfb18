"""The people of a team in pictures: read from WeeklyCount and from nothing else."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Min, QuerySet, Sum, Window
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lifecycle import charts
from lifecycle.prepared import prepared
from teams import wording
from teams.dashboard.explainers import Explainers, day_of
from teams.models import Population, Team, WeeklyCount

log = logging.getLogger(__name__)

#: Twelve months of weeks, and the week before them from which the waterfall starts.
WEEKS = 53

#: Of all weeks, told beside each of them.
EVER = {
    "ever_since": Window(Min("week")),
    "ever_contributors": Window(Sum("new")),
    "ever_casual": Window(Sum("casual_converted")),
    "ever_active": Window(Sum("active_converted")),
    "ever_core": Window(Sum("core_converted")),
}

#: The rungs of the funnel in words.
RUNGS = {
    "prospects": gettext_lazy("prospects"),
    "contributors": gettext_lazy("contributors"),
    "casual": gettext_lazy("casual"),
    "active": gettext_lazy("active"),
    "core": gettext_lazy("core"),
}


#: What the addresses call the level of a rung, where it is not the rung's own name.
LEVEL_OF = {"contributors": "contributor"}


@dataclass(frozen=True)
class Flow:
    """A month: where its mark stands, its last week's exclusive levels, its first conversions, and their addresses."""

    x: str
    first: date
    casual: int
    active: int
    core: int
    to_active: int
    to_core: int
    explain: str
    explain_active: str
    explain_core: str


@dataclass(frozen=True)
class Frame:
    """What every picture says about itself."""

    title: str
    label: str
    population: str
    begins: date
    as_of: date
    explain: str
    csv: str = field(default="", kw_only=True)
    json: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class LevelsChart(Frame):
    """Twelve months of exclusive levels, stacked, with the conversions of each month below."""

    area: charts.Area | None = None
    flows: Sequence[Flow] = ()


@dataclass(frozen=True)
class WaterfallChart(Frame):
    """Active contributors: start + converted + returned - lapsed = end."""

    bars: Sequence[charts.Bar] = ()
    explains: Sequence[str] = ()

    @property
    def rows(self) -> list[tuple[charts.Bar, str]]:
        """Each bar with the address that explains it."""
        return list(zip(self.bars, self.explains, strict=True))


@dataclass(frozen=True)
class FunnelChart(Frame):
    """Everybody who ever came so far."""

    rungs: Sequence[charts.Rung] = ()
    explains: Sequence[str] = ()

    @property
    def rows(self) -> list[tuple[charts.Rung, str, str]]:
        """Each rung with the address that explains it, and that of the one before: who stopped there is told there."""
        return list(zip(self.rungs, self.explains, ["", *self.explains], strict=False))


@dataclass(frozen=True)
class Fact:
    """One number in words, the word of the glossary that it is about, and the address of the page that explains it."""

    label: str
    value: int
    explain: str
    word: str


@dataclass(frozen=True)
class Numbers:
    """A team's people for one population. The charts are None until there is enough to draw."""

    population: Population
    as_of: date
    active: int
    new_this_year: int
    facts: Sequence[Fact]
    levels: LevelsChart | None
    waterfall: WaterfallChart | None
    funnel: FunnelChart


@dataclass(frozen=True)
class Counted:
    """What the pictures are drawn from: the last weeks, oldest first, and the sums of all weeks there were."""

    population: Population
    weeks: list[WeeklyCount]
    ever: dict[str, Any]


def counted(team: Team, population: Population, *, pathway_id: int = 0, until: date | None = None) -> Counted | None:
    """The weeks of a team, or of one of its pathways, that were counted, up to a day. None if none was. One query."""
    weeks = _latest(team, pathway_id, population, date.max if until is None else until)[::-1]
    if not weeks:
        return None
    ever = {name: getattr(weeks[-1], f"ever_{name}") for name in ("since", "contributors", "casual", "active", "core")}
    return Counted(population, weeks, ever)


@prepared
def _latest(team: Team, pathway_id: int, population: Population, until: date) -> QuerySet[WeeklyCount]:
    counts = WeeklyCount.objects.filter(team=team, pathway_id=pathway_id, population=population)
    return counts.filter(counted_to__lte=until).annotate(**EVER).order_by("-week")[:WEEKS]


def numbers_of(
    team: Team, population: Population = Population.VOLUNTEERS, *, pathway_id: int = 0, pathway: str = ""
) -> Numbers | None:
    """The figures and pictures of a team, or of one of its pathways (its key, and its slug for the addresses).

    None before anything was counted. One query.
    """
    found = counted(team, population, pathway_id=pathway_id)
    return drawn(found, Explainers(team, population, pathway, day_of(found.weeks[-1]))) if found else None


def drawn(found: Counted, explain: Explainers) -> Numbers:
    """The figures and pictures of what was counted."""
    weeks, ever = found.weeks, found.ever
    last, flows = weeks[-1], weeks[1 - WEEKS :]
    began = flows[0].week - timedelta(days=6)
    new = sum(week.new for week in flows)
    return Numbers(
        population=found.population,
        as_of=day_of(last),
        active=last.active,
        new_this_year=new,
        facts=[
            Fact(_("Active or above"), last.active, explain.stock("active"), "active"),
            Fact(_("Core"), last.core, explain.stock("core"), "core"),
            Fact(_("Casual or above"), last.casual, explain.stock("casual"), "casual"),
            Fact(_("New in 12 months"), new, explain.conversions("contributor", began), "contributor"),
        ],
        levels=_levels(weeks, explain),
        waterfall=_waterfall(weeks, explain),
        funnel=_funnel(ever, last, explain),
    )


def _levels(weeks: list[WeeklyCount], explain: Explainers) -> LevelsChart | None:
    days = [week.week for week in weeks]
    core = [week.core for week in weeks]
    active = [week.active - week.core for week in weeks]
    casual = [week.casual - week.active for week in weeks]
    area = charts.stacked_area(days, [("l3", core), ("l2", active), ("l1", casual)], wording.levels_on)
    if area is None:
        return None
    change = weeks[-1].active - weeks[0].active
    if change > 0:
        title = ngettext(
            "Levels over twelve months: one more person is active than a year ago",
            "Levels over twelve months: %(n)d more people are active than a year ago",
            change,
        ) % {"n": change}
    elif change < 0:
        title = ngettext(
            "Levels over twelve months: one person fewer is active than a year ago",
            "Levels over twelve months: %(n)d fewer people are active than a year ago",
            -change,
        ) % {"n": -change}
    else:
        title = _("Levels over twelve months: as many people are active as a year ago")
    if len(weeks) < WEEKS:
        title = ngettext(
            "Levels since the first contribution: one person is active now",
            "Levels since the first contribution: %(n)d people are active now",
            weeks[-1].active,
        ) % {"n": weeks[-1].active}
    return LevelsChart(
        title=title,
        label=_("Stacked area of core, active and casual contributors by week"),
        population=str(explain.population.label),
        begins=days[0],
        as_of=day_of(weeks[-1]),
        explain=explain.stock("active"),
        **explain.files("levels"),
        area=area,
        flows=_months(weeks, area, explain),
    )


def _months(weeks: list[WeeklyCount], area: charts.Area, explain: Explainers) -> list[Flow]:
    """The months that begin in the picture, each with its last week's stocks and the sum of its flows."""
    drawn = []
    for month in area.months:
        inside = [week for week in weeks if (week.week.year, week.week.month) == (month.first.year, month.first.month)]
        first, last = inside[0].week - timedelta(days=6), day_of(inside[-1])
        drawn.append(
            Flow(
                x=month.x,
                first=month.first,
                casual=inside[-1].casual - inside[-1].active,
                active=inside[-1].active - inside[-1].core,
                core=inside[-1].core,
                to_active=sum(week.active_converted for week in inside),
                to_core=sum(week.core_converted for week in inside),
                explain=explain.stock("casual", last),
                explain_active=explain.conversions("active", first, last),
                explain_core=explain.conversions("core", first, last),
            )
        )
    return drawn


def _waterfall(weeks: list[WeeklyCount], explain: Explainers) -> WaterfallChart | None:
    """From the stock before the year to the stock now. Before a whole year is known it starts from nobody."""
    whole = len(weeks) == WEEKS
    start, flows = (weeks[0].active, weeks[1:]) if whole else (0, weeks)
    sums = {
        "start": start,
        "converted": sum(week.active_converted for week in flows),
        "returned": sum(week.active_returned for week in flows),
        "lapsed": sum(week.active_lapsed for week in flows),
        "end": weeks[-1].active,
    }
    if not any(sums.values()):
        return None
    if start + sums["converted"] + sums["returned"] - sums["lapsed"] != sums["end"]:
        # The counts contradict each other. People still need the rest of the page; the fault goes to the log.
        log.error("The weekly counts of team %s do not add up: %s", weeks[-1].team_id, sums)
        return None
    first = flows[0].week - timedelta(days=6)
    begins = weeks[0].week if whole else first
    return WaterfallChart(
        title=_("Active or above: %(start)d + %(converted)d + %(returned)d − %(lapsed)d = %(end)d") % sums,  # noqa: RUF001
        label=_(
            "Waterfall of active contributors: start %(start)d, converted plus %(converted)d, "
            "returned plus %(returned)d, lapsed minus %(lapsed)d, end %(end)d"
        )
        % sums,
        population=str(explain.population.label),
        begins=begins,
        as_of=day_of(weeks[-1]),
        explain=explain.flow("converted", first),
        **explain.files("waterfall"),
        bars=charts.waterfall(**sums),
        explains=[
            explain.stock("active", begins),
            *(explain.flow(flow, first) for flow in ("converted", "returned", "lapsed")),
            explain.stock("active"),
        ],
    )


def _since(ever: dict[str, Any], last: WeeklyCount) -> date:
    """The first day of the first week that was counted."""
    since = ever["since"]
    return since - timedelta(days=6) if isinstance(since, date) else last.week


def _funnel(ever: dict[str, Any], last: WeeklyCount, explain: Explainers) -> FunnelChart:
    people = {key: int(ever[key] or 0) for key in ("contributors", "casual", "active", "core")}
    rungs = [
        ("prospects", last.prospects + people["contributors"]),
        ("contributors", people["contributors"]),
        ("casual", people["casual"]),
        ("active", people["active"]),
        ("core", people["core"]),
    ]
    if not last.prospects:
        rungs = rungs[1:]  # nobody waits before the first act: the two top rungs would be one
    since = _since(ever, last)
    return FunnelChart(
        title=_("Funnel since the first data: %(active)d of %(all)d people became active")
        % {"active": people["active"], "all": people["contributors"]},
        label=_("Funnel: %(rungs)s") % {"rungs": ", ".join(f"{RUNGS[key]} {value}" for key, value in rungs)},
        population=str(explain.population.label),
        begins=since,
        as_of=day_of(last),
        explain=explain.conversions("active", since),
        **explain.files("funnel"),
        rungs=(drawn := charts.funnel(rungs)),
        explains=[
            explain.prospects()
            if rung.key == "prospects"
            else explain.conversions(LEVEL_OF.get(rung.key, rung.key), since)
            for rung in drawn
        ],
    )
