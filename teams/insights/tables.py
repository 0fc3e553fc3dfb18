"""The tables of the insights, to be taken along."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.models import Stage
from lifecycle.tables import Table
from teams.insights.beside import Beside
from teams.insights.growing import growing, rows_of
from teams.insights.holding import holding
from teams.insights.jump import jump_of
from teams.insights.scope import Scope
from teams.insights.stays import stays
from teams.portfolio_rows import TeamRow


def _table(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    return Table(name, heads, rows, as_of=clock.today())


def side_by_side_of(teams: Sequence[TeamRow]) -> Table:
    """The same facts of some teams."""
    heads = [_("Team"), _("Stage"), _("In the stage since"), _("Gate"), _("Conditions settled"), _("Conditions")]
    heads += [_("Active"), _("Change in 12 months"), _("High risks"), _("Days since a check-in"), _("Data to")]
    rows = (
        [
            *(row.name, row.stage_name, row.entered_on, row.gate_in_words, row.settled, row.required),
            *(row.active, row.change, row.high_risks, row.days_silent, row.complete_to),
        ]
        for row in teams
    )
    return _table("side-by-side", heads, rows)


def levels_of(told: Beside | None) -> Table:
    """The levels of the same teams, each in the highest level held, on the last Sunday of each month."""
    heads = [_("Week to"), _("Team"), _("Casual"), _("Active"), _("Core")]
    rows = (
        [row.week, str(team), *cell]
        for row in (told.months if told else [])
        for team, cell in zip(told.teams if told else [], row.cells, strict=True)
    )
    return _table("side-by-side-levels", heads, rows)


def _stays(scope: Scope) -> Table:
    heads = [_("Stage"), _("Stays"), _("Number"), _("A quarter within"), _("Half within"), _("Three quarters within")]
    told = stays(scope.counted, list(Stage.objects.filter(retired=False)))
    rows = (
        [str(row.stage), words, each.stays, each.lower, each.median, each.upper]
        for row in told
        for words, each in ((_("over"), row.over), (_("still here"), row.running))
        if each
    )
    return _table("stays", heads, rows)


def _holding(scope: Scope) -> Table:
    heads = [_("Stage"), _("Condition"), _("Teams"), _("Of them undecided"), _("Teams in the stage")]
    told = holding(scope.counted, list(Stage.objects.filter(retired=False)))
    rows = ([str(row.stage), row.label, row.teams, row.unknown, row.of] for row in told)
    return _table("conditions", heads, rows)


def _growth(scope: Scope) -> Table:
    heads = [_("Team"), _("Stage"), _("In the stage since"), _("Active then"), _("Active now"), _("Times")]
    heads += [_("Asked for"), _("As of"), _("Why there is none")]
    rows = (
        [
            *(str(each.team), str(each.team.stage), each.team.entered_on, each.before, each.now),
            *(each.times, each.target, each.as_of, each.reason),
        ]
        for each in rows_of(growing(scope.named))
    )
    return _table("growth", heads, rows)


def _jump(scope: Scope) -> Table:
    heads = [_("Team"), _("From"), _("To"), _("Active then"), _("Active at the end"), _("Growth")]
    told = jump_of(scope.named).teams
    rows = ([str(each.team), each.since, each.until, each.before, each.after, each.growth] for each in told)
    return _table("contribution-jump", heads, rows)


TABLES: Final[dict[str, Callable[[Scope], Table]]] = {
    "stays": _stays,
    "conditions": _holding,
    "growth": _growth,
    "contribution-jump": _jump,
}
