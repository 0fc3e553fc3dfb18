"""The numbers that the pictures of a team, or of one of its pathways, are drawn from."""

from collections.abc import Sequence
from datetime import date

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifecycle.charts import Bar
from lifecycle.tables import Table
from teams import gates
from teams.dashboard.growth import growth_of
from teams.dashboard.numbers import RUNGS, Numbers, numbers_of
from teams.models import Population, Team
from teams.tables import TableAsked, of_team, team_table, yes

#: The bars of the waterfall in words.
STEPS = {
    "start": gettext_lazy("start"),
    "converted": gettext_lazy("converted"),
    "returned": gettext_lazy("returned"),
    "lapsed": gettext_lazy("lapsed"),
    "end": gettext_lazy("end"),
}


def _numbers(asked: TableAsked) -> Numbers:
    """The team's numbers, or those of one of its pathways."""
    slug = asked.query.get("pathway", "")
    key = 0
    if slug:
        found = next((each for each in asked.team.pathways.all() if each.slug == slug), None)
        if found is None:
            raise Http404
        key = found.pk
    numbers = numbers_of(asked.team, asked.population, pathway_id=key, pathway=slug)
    if numbers is None:
        raise Http404
    return numbers


@team_table("levels")
def levels(asked: TableAsked) -> Table:
    """The months of the picture of levels."""
    return levels_of(asked.team, _numbers(asked))


def levels_of(team: Team, numbers: Numbers) -> Table:
    """The months of some numbers."""
    flows = numbers.levels.flows if numbers.levels else []
    heads = [_("Month"), _("Casual"), _("Active"), _("Core"), _("To active"), _("To core")]
    rows = [(flow.first, flow.casual, flow.active, flow.core, flow.to_active, flow.to_core) for flow in flows]
    told = _("Levels at the month’s last week, exclusive, and first conversions in the month.")  # noqa: RUF001
    return of_team(team, "levels", heads, rows, as_of=numbers.as_of, population=numbers.population, definition=told)


@team_table("waterfall")
def waterfall(asked: TableAsked) -> Table:
    """The bars of the waterfall."""
    return waterfall_of(asked.team, _numbers(asked))


def waterfall_of(team: Team, numbers: Numbers) -> Table:
    """The bars of some numbers."""
    bars = numbers.waterfall.bars if numbers.waterfall else []
    return bars_of(team, "waterfall", bars, numbers.as_of, numbers.population)


def bars_of(team: Team, name: str, bars: Sequence[Bar], as_of: date, population: Population) -> Table:
    """The bars of a waterfall, whichever its days are."""
    rows = [(str(STEPS[bar.key]), -bar.value if bar.key == "lapsed" else bar.value) for bar in bars]
    told = _("Different contributors active or above: start + converted + returned − lapsed = end.")  # noqa: RUF001
    heads = [_("Step"), _("People")]
    return of_team(team, name, heads, rows, as_of=as_of, population=population, definition=told)


@team_table("funnel")
def funnel(asked: TableAsked) -> Table:
    """The rungs of the funnel."""
    return funnel_of(asked.team, _numbers(asked))


def funnel_of(team: Team, numbers: Numbers) -> Table:
    """The rungs of some numbers."""
    heads = [_("Level"), _("People"), _("Of the one before, per cent"), _("Stopped")]
    rows = [(str(RUNGS[rung.key]), rung.value, rung.share, rung.stopped) for rung in numbers.funnel.rungs]
    told = _("Everybody who ever reached the level, cumulative. Under five people no percentage is told.")
    return of_team(team, "funnel", heads, rows, as_of=numbers.as_of, population=numbers.population, definition=told)


@team_table("growth")
def growth(asked: TableAsked) -> Table:
    """The months of the picture of growth; no rows where the stage asks for none."""
    found = growth_of(asked.team, gates.verdict_of(asked.team))
    chart = found.chart if found else None
    heads = [_("Week to"), _("Active"), _("Of the target, per cent"), _("If nobody acts")]
    rows = [(row.day, row.active, row.part, yes(row.is_ahead)) for row in (chart.months if chart else [])]
    told = _("Active or above on the last Sunday of each month, with the same people, rules and sources throughout.")
    return of_team(
        asked.team,
        "growth",
        heads,
        rows,
        as_of=chart.as_of if chart else None,
        population=Population.VOLUNTEERS,
        definition=told,
    )
