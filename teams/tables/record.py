"""The tables of a team's record: stays, decisions, people."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from lifecycle.tables import Table
from teams import gates, invitations, people, promotion
from teams.dashboard.track import stays
from teams.milestones import State
from teams.models import Membership, Promotion, Role
from teams.pauses import pauses_of
from teams.tables import TableAsked, of_team, team_table, yes


@team_table("stays")
def stage_stays(asked: TableAsked) -> Table:
    """Every stay, the latest first."""
    rows = Promotion.objects.filter(team=asked.team).select_related("to_stage").order_by("seq")
    spent = reversed(stays(list(rows), pauses_of([asked.team])[asked.team.pk]))
    heads = [_("Stage"), _("Entered"), _("Left"), _("Days"), _("Days paused")]
    told = [(stay.stage.name, stay.entered_on, stay.left_on, stay.days, stay.paused) for stay in spent]
    return of_team(asked.team, "stays", heads, told)


@team_table("pauses")
def pauses(asked: TableAsked) -> Table:
    """The days on which the team was paused or retired, the latest first."""
    told = reversed(pauses_of([asked.team])[asked.team.pk])
    heads = [_("Not active"), _("From"), _("Until")]
    return of_team(asked.team, "pauses", heads, [(each.state.label, each.first, each.until) for each in told])


@team_table("decisions")
def decisions(asked: TableAsked) -> Table:
    """Every decision, the latest first."""
    rows = Promotion.objects.filter(team=asked.team).select_related("from_stage", "to_stage", "decided_by")
    flags = {flagged.pk for flagged, _lost in promotion.flags(asked.team)}
    heads = [_("No."), _("Decision"), _("In force from"), _("Decided by"), _("Reason"), _("Flagged today")]
    told = [
        (
            *(each.seq, each.words, each.effective_on, str(each.decided_by or "")),
            *(each.reason, _("yes") if each.pk in flags else _("no")),
        )
        for each in rows.order_by("-seq")
    ]
    return of_team(asked.team, "decisions", heads, told)


@team_table("decision")
def decision(asked: TableAsked) -> Table:
    """What was seen in the decision that `decision` numbers, and what its numbers read today."""
    found = get_object_or_404(Promotion, team=asked.team, seq=asked.number("decision"))
    today = {each.key: each for each in promotion.differs(found)}
    heads = [_("State"), _("Condition"), _("Strength"), _("Wanted"), _("Had"), _("As of"), _("Today"), _("Lost today")]
    rows = [
        (
            *(gates.Standing(row["state"]).label, row["label"], row["strength"], row["wanted"], row["have"]),
            *(row["as_of"], now.now if now else "", yes(now is not None and now.lost)),
        )
        for row in found.record["conditions"]
        for now in [today.get(row["key"])]
    ]
    return of_team(asked.team, f"decision-{found.seq}", heads, rows, as_of=found.effective_on)


@team_table("decision-milestones")
def milestones_then(asked: TableAsked) -> Table:
    """How the milestones stood in the decision that `decision` numbers."""
    found = get_object_or_404(Promotion, team=asked.team, seq=asked.number("decision"))
    told = [each for row in promotion.readable(found)["conditions"] for each in row.get("milestones", [])]
    heads = [_("State"), _("Milestone"), _("Done by"), _("Done on"), _("Verified by"), _("Verified on")]
    rows = [
        (State(each["state"]).label, each["text"], *_event(each.get("done")), *_event(each.get("verified")))
        for each in told
    ]
    return of_team(asked.team, f"decision-{found.seq}-milestones", heads, rows, as_of=found.effective_on)


def _event(told: dict[str, Any] | None) -> tuple[str, date | None]:
    """Who did it, and on which day."""
    return (told["by"]["name"], datetime.fromisoformat(told["at"]).date()) if told else ("", None)


@team_table("people")
def members(asked: TableAsked) -> Table:
    """Accounts with a role on the team."""
    heads = [_("Person"), _("Role"), _("Deputy"), _("State"), _("From"), _("Appointed by")]
    rows = [
        (
            *(str(each.user), each.get_role_display(), yes(each.is_deputy), _state(each)),
            *(each.starts_on, str(each.appointed_by or "")),
        )
        for each in people.of_team(asked.team)
    ]
    return of_team(asked.team, "people", heads, rows)


def _state(membership: Membership) -> str:
    """Whether the role is held, as the page says it."""
    if not membership.user.is_active:
        return _("Account closed")
    if membership.accepted_at or membership.role == Role.VIEWER:
        return _("Holds it")
    return _("Has not accepted yet")


@team_table("invitations", Role.ACTIVATOR, Role.PARTNER)
def waiting(asked: TableAsked) -> Table:
    """Invitations that wait for an answer, for those who invite."""
    heads = [_("Address"), _("Role"), _("Deputy"), _("Mailed"), _("Good until"), _("Expired"), _("Invited by")]
    rows = [
        (
            *(each.email, each.get_role_display(), yes(each.is_deputy), each.mailed_at and each.mailed_at.date()),
            *(each.expires_at.isoformat(), yes(invitations.has_expired(each)), str(each.invited_by)),
        )
        for each in invitations.of_team(asked.team)
    ]
    return of_team(asked.team, "invitations", heads, rows)
