"""The tables of the insights, to be taken along: each is what the page shows, all rows of it."""

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.models import Stage
from lifecycle.tables import Table
from teams.insights.beside import Beside
from teams.insights.growing import growing, row_of, targets
from teams.insights.holding import holding
from teams.insights.jump import jump_of
from teams.insights.scope import Scope
from teams.insights.stays import stays


def _table(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]], definition: str) -> Table:
    return Table(name, heads, rows, clock.today(), definition=definition)


def _stays(scope: Scope) -> Table:
    heads = [_("Stage"), _("Over or running"), _("Stays"), _("A quarter within"), _("Half within")]
    heads.append(_("Three quarters within"))
    told = stays(scope.counted, list(Stage.objects.filter(retired=False)))
    rows = [
        (str(row.stage), words, each.stays, each.lower, each.median, each.upper)
        for row in told
        for words, each in ((_("over"), row.over), (_("still here"), row.running))
        if each
    ]
    return _table("stays", heads, rows, _("Days in each stage; of the stays that still run, the days so far."))


def _holding(scope: Scope) -> Table:
    heads = [_("Stage"), _("Condition"), _("Teams"), _("Of them undecided"), _("Teams in the stage")]
    told = holding(scope.counted, list(Stage.objects.filter(retired=False)))
    rows = [(str(row.stage), row.label, row.teams, row.unknown, row.of) for row in told]
    return _table("conditions", heads, rows, _("Required conditions that are not met and not waived."))


def _growth(scope: Scope) -> Table:
    heads = [_("Team"), _("Stage"), _("In the stage since"), _("Active then"), _("Active now"), _("Times")]
    heads += [_("Asked for"), _("As of"), _("Why there is none")]
    wanted = targets()
    told = [row_of(each, wanted.get(each.team.stage_id)) for each in growing(scope.named)]
    rows = [
        (
            *(str(row.team), str(row.team.stage), row.team.entered_on, row.before, row.now, row.times, row.target),
            *(row.as_of, row.reason),
        )
        for row in told
    ]
    return _table("growth", heads, rows, _("Active contributors now, as many times as on the day of entry."))


def _jump(scope: Scope) -> Table:
    heads = [_("Team"), _("From"), _("To"), _("Active then"), _("Active at the end"), _("Growth")]
    rows = [(row.team, row.since, row.until, row.before, row.after, row.growth) for row in jump_of(scope.named).teams]
    told = _("The growth that teams showed in their last 26 weeks of Scaling.")
    return _table("contribution-jump", heads, rows, told)


TABLES: dict[str, Callable[[Scope], Table]] = {
    "stays": _stays,
    "conditions": _holding,
    "growth": _growth,
    "contribution-jump": _jump,
}


def side_by_side(told: Beside | None) -> Table:
    """The facts of the chosen teams, a row a team."""
    heads = [_("Team"), _("Stage"), _("In the stage since"), _("Gate"), _("Conditions settled"), _("Conditions")]
    heads += [_("Active"), _("Change in 12 months"), _("High risks"), _("Days since a check-in"), _("Data to")]
    rows = [
        (
            *(row.name, row.stage_name, row.entered_on, row.gate_in_words, row.settled, row.required),
            *(row.active, row.change, row.high_risks, row.days_silent, row.complete_to),
        )
        for row in (told.rows if told else [])
    ]
    return _table("side-by-side", heads, rows, _("The same facts of each team, as the portfolio tells them."))
