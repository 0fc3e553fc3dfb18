"""The tables of the dashboard: gate, milestones, pathways, risks."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from lifecycle.tables import Table
from teams import gates, milestones, risks
from teams.dashboard.pathways import pathways_of
from teams.dashboard.signals import signals_of
from teams.models import TeamRisk
from teams.tables import TableAsked, of_team, team_table, yes


@team_table("gate")
def gate(asked: TableAsked) -> Table:
    """The conditions of the gate, all or only what is missing."""
    verdict = gates.verdict_of(asked.team)
    shown = [row for row in verdict.conditions if not (asked.query.get("show") == "missing" and row.settled)]
    heads = [_("State"), _("Condition"), _("Strength"), _("Wanted"), _("Have"), _("Gap"), _("As of"), _("Whose move")]
    rows = [
        (row.state.label, row.label, row.strength.label, row.wanted, row.have, row.gap, row.as_of, row.move.label)
        for row in shown
    ]
    told = _("The gate is %(state)s.") % {"state": verdict.state.label}
    return of_team(asked.team, "gate", heads, rows, as_of=verdict.as_of, definition=told)


@team_table("milestones")
def stage_milestones(asked: TableAsked) -> Table:
    """The milestones of the stage, children after their parents."""
    board = milestones.board(asked.team)
    heads = [_("State"), _("Milestone"), _("Part of"), _("Required"), _("Refresh due"), _("Done by"), _("Verified by")]
    rows = [
        (
            state.state.label,
            state.milestone.text,
            parent.milestone.text if parent else "",
            yes(state.milestone.required),
            yes(state.refresh_due),
            str(state.done.actor) if state.done else "",
            str(state.verification.actor) if state.verification else "",
        )
        for top in board
        for state, parent in [(top, None), *((child, top) for child in top.children)]
    ]
    return of_team(asked.team, "milestones", heads, rows)


@team_table("pathways")
def open_pathways(asked: TableAsked) -> Table:
    """The pathways that are not closed."""
    heads = [_("Pathway"), _("Prototype"), _("Open since"), _("New in 12 months"), _("Active"), _("Core")]
    rows = [
        (row.name, yes(row.is_prototype), row.opened_on, row.new, row.active, row.core)
        for row in pathways_of(asked.team, asked.population)
    ]
    return of_team(asked.team, "pathways", heads, rows, population=asked.population)


@team_table("risks")
def open_risks(asked: TableAsked) -> Table:
    """The risks that are not closed, the gravest first."""
    return _risks(asked, "risks", [risk for risk in risks.register(asked.team) if risk.state != TeamRisk.State.CLOSED])


@team_table("register")
def register(asked: TableAsked) -> Table:
    """All risks, the gravest first, closed ones last."""
    return _risks(asked, "register", risks.register(asked.team))


def _risks(asked: TableAsked, name: str, told: Iterable[TeamRisk]) -> Table:
    heads = [_("Level"), _("Risk"), _("Likelihood"), _("Impact"), _("Owner"), _("Mitigation"), _("Review"), _("State")]
    words = {"high": _("High"), "medium": _("Medium"), "low": _("Low")}
    rows = [
        (
            *(words[risk.severity], risk.text, risk.get_likelihood_display(), risk.get_impact_display()),
            *(str(risk.owner or ""), risk.mitigation, risk.review_on, risk.get_state_display()),
        )
        for risk in told
    ]
    return of_team(asked.team, name, heads, rows)


@team_table("signals")
def open_signals(asked: TableAsked) -> Table:
    """What the data shows and nobody has answered yet."""
    heads = [_("Signal"), _("What the data shows"), _("Since")]
    rows = [(str(row.signal), row.evidence, row.signal.raised_at.date()) for row in signals_of(asked.team).open]
    return of_team(asked.team, "signals", heads, rows)
