"""The tables of a case study, to be taken along: of a shared link those that it froze."""

from collections.abc import Callable, Mapping
from typing import Final

from django.http import Http404
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.tables import Table
from teams.case_studies.facts import Facts, read, told
from teams.dashboard.numbers import Numbers
from teams.gates import Standing
from teams.models import Team
from teams.tables import TableAsked, of_team, team_table
from teams.tables.pictures import funnel_of, levels_of, waterfall_of

Teller = Callable[[Team, Facts], Table]


def stays_of(team: Team, facts: Facts) -> Table:
    """Every stay up to the day of the facts."""
    heads = [_("Stage"), _("Entered"), _("Left"), _("Days")]
    rows = [(stay.stage.name, stay.entered_on, stay.left_on, stay.days) for stay in facts.stays]
    return of_team(team, "case-study-stays", heads, rows, as_of=facts.day)


def conditions_of(team: Team, facts: Facts) -> Table:
    """The conditions of every decision, as they were seen."""
    heads = [_("Decision"), _("On"), _("State"), _("Condition"), _("Wanted"), _("Had"), _("As of")]
    rows = [
        (
            *(decision.words, decision.on, str(Standing(row["state"]).label)),
            *(row["label"], row["wanted"], row["have"], row["as_of"]),
        )
        for decision in facts.decisions
        for row in decision.conditions
    ]
    return of_team(team, "case-study-conditions", heads, rows, as_of=facts.day)


def _drawn(tell: Callable[[Team, Numbers], Table]) -> Teller:
    def drawn(team: Team, facts: Facts) -> Table:
        if facts.numbers is None:
            raise Http404
        return tell(team, facts.numbers)

    return drawn


#: What a shared case study gives along, by the word in the address.
SHARED: Final[Mapping[str, Teller]] = {
    "stays": stays_of,
    "conditions": conditions_of,
    "levels": _drawn(levels_of),
    "waterfall": _drawn(waterfall_of),
    "funnel": _drawn(funnel_of),
}


def _today(team: Team) -> Facts:
    return read(told(team, clock.today()), team)


@team_table("case-study-stays")
def stays(asked: TableAsked) -> Table:
    """The stays of the team's own case study."""
    return stays_of(asked.team, _today(asked.team))


@team_table("case-study-conditions")
def conditions(asked: TableAsked) -> Table:
    """The decisions of the team's own case study."""
    return conditions_of(asked.team, _today(asked.team))
