"""What happened to a team lately, from its own records."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.utils.translation import gettext as _

from teams.models import Invitation, MilestoneEvent, Promotion, Team, TeamRisk, Waiver

MOST = 8


@dataclass(frozen=True)
class Entry:
    """One line of the log."""

    at: datetime
    text: str


def activity_of(team: Team) -> list[Entry]:
    """The latest entries, newest first. Five queries."""
    entries = [*_milestones(team), *_decisions(team), *_waivers(team), *_risks(team), *_people(team)]
    return sorted(entries, key=attrgetter("at"), reverse=True)[:MOST]


def _milestones(team: Team) -> list[Entry]:
    events = MilestoneEvent.objects.filter(team=team).select_related("actor", "milestone").order_by("-id")[:MOST]
    return [
        Entry(
            event.at,
            _("%(who)s: “%(milestone)s” %(action)s")
            % {"who": event.actor, "milestone": event.milestone, "action": event.get_action_display()},
        )
        for event in events
    ]


def _decisions(team: Team) -> list[Entry]:
    decisions = Promotion.objects.filter(team=team).select_related("decided_by", "to_stage").order_by("-seq")[:MOST]
    return [
        Entry(
            decision.decided_at,
            _("%(who)s %(kind)s: %(stage)s")
            % {
                "who": decision.decided_by or _("The organisation"),
                "kind": decision.get_kind_display(),
                "stage": decision.to_stage,
            },
        )
        for decision in decisions
    ]


def _waivers(team: Team) -> list[Entry]:
    entries = []
    rows = Waiver.objects.filter(team=team).select_related("asked_by", "decided_by", "criterion", "milestone")
    for waiver in rows.order_by("-id")[:MOST]:
        what = {"waiver": str(waiver), "who": waiver.asked_by}
        entries.append(Entry(waiver.asked_at, _("%(who)s asked for a waiver: “%(waiver)s”") % what))
        if waiver.decided_at and waiver.decided_by:
            answer = what | {"who": waiver.decided_by, "answer": waiver.get_state_display()}
            entries.append(Entry(waiver.decided_at, _("%(who)s answered a waiver, %(answer)s: “%(waiver)s”") % answer))
    return entries


def _risks(team: Team) -> list[Entry]:
    rows = TeamRisk.objects.filter(team=team).select_related("raised_by").order_by("-id")[:MOST]
    return [
        Entry(risk.raised_at, _("%(who)s raised a risk: “%(risk)s”") % {"who": risk.raised_by, "risk": risk})
        for risk in rows
    ]


def _people(team: Team) -> list[Entry]:
    """Who came by an invitation, and who took over from whom; addresses are not told."""
    came = Invitation.objects.filter(team=team, state=Invitation.State.ACCEPTED)
    entries = []
    for each in came.select_related("closed_by", "invited_by", "replaces__user").order_by("-closed_at")[:MOST]:
        words = {"who": each.closed_by, "role": each.get_role_display(), "by": each.invited_by}
        text = _("%(who)s accepted the invitation of %(by)s: %(role)s")
        if each.replaces is not None:
            text, words["by"] = _("%(who)s took the role of %(role)s over from %(by)s"), each.replaces.user
        if each.closed_at is not None:
            entries.append(Entry(each.closed_at, text % words))
    return entries
