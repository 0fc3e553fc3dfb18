"""What becomes of people, of one population and pathway, on a day: to be taken along."""

from django.http import Http404
from django.utils.translation import gettext as _

from lifecycle.tables import Table
from metrics.cohorts import times
from metrics.evidence import Evidence
from metrics.numbers import last_twelve
from metrics.outcomes import outcomes_of
from metrics.questions import PeopleForm, Question
from teams.models import Population
from teams.tables import TableAsked, of_team, team_table
from teams.tables.pictures import bars_of


def _question(asked: TableAsked) -> Question:
    """Of which population and pathway, on which day. Raises Http404 if the address makes no sense."""
    form = PeopleForm(asked.query.dict(), team=asked.team, as_of=Evidence(asked.team).as_of)
    if not form.is_valid():
        raise Http404
    return form.question()


@team_table("time-to-level")
def time_to_level(asked: TableAsked) -> Table:
    """Days from the first contribution to each level."""
    asks = _question(asked).asked
    heads = [_("Level"), _("People"), _("A quarter within, days"), _("Half within, days")]
    heads.append(_("Three quarters within, days"))
    rows = [(str(time.level.label), time.people, time.lower, time.median, time.upper) for time in times(asks)]
    return of_team(
        asked.team,
        "time-to-level",
        heads,
        rows,
        as_of=asks.as_of,
        population=Population(str(asks.population)),
        definition=_("Days from the first contribution, of everybody who has arrived."),
    )


@team_table("retention")
def retention(asked: TableAsked) -> Table:
    """Who of a cohort was active on the 90th day after joining, in words as on the page."""
    asks = _question(asked).asked
    heads = [_("Cohort from"), _("Cohort to"), _("Of the newcomers, active 90 days later")]
    heads.append(_("Of the newly active, still active 90 days later"))
    chart = outcomes_of(asks).joined
    shown = chart.rows if chart else ()
    rows = [(row.cohort.first, row.cohort.last, *(cell.words for cell in row.cells)) for row in shown]
    population = Population(str(asks.population))
    return of_team(asked.team, "retention", heads, rows, as_of=asks.as_of, population=population)


@team_table("twelve-months")
def twelve_months(asked: TableAsked) -> Table:
    """The waterfall of the twelve months up to a day."""
    asks = _question(asked).asked
    return bars_of(asked.team, "twelve-months", last_twelve(asks), asks.as_of, Population(str(asks.population)))
