"""What happened to a team lately, from its own records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lifecycle.prepared import prepared
from teams.models import Invitation, MilestoneEvent, Promotion, Signal, Team, TeamRisk, Waiver

MOST = 8
Row = TypeVar("Row", MilestoneEvent, Promotion, Waiver, TeamRisk)


@dataclass(frozen=True)
class Entry:
    """One line of the log."""

    at: datetime
    text: str


def activity_of(
    team: Team,
    *,
    events: Sequence[MilestoneEvent] = (),
    decisions: Sequence[Promotion] = (),
    waivers: Sequence[Waiver] = (),
    risks: Sequence[TeamRisk] = (),
    signals: Sequence[Signal] = (),
) -> list[Entry]:
    """The latest entries, newest first, of what the page has read of the team already, and who came. One query."""
    told = (_milestones(events), _decisions(decisions), _waivers(waivers), _risks(risks), _signals(signals))
    entries = [*chain(*told), *_people(team)]
    return sorted(entries, key=attrgetter("at"), reverse=True)[:MOST]


def _milestones(events: Sequence[MilestoneEvent]) -> list[Entry]:
    return [
        Entry(
            event.at,
            _("%(who)s: %(action)s, “%(milestone)s”")
            % {"who": event.actor, "milestone": event.milestone, "action": event.get_action_display()},
        )
        for event in _latest(events)
    ]


def _decisions(decisions: Sequence[Promotion]) -> list[Entry]:
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
        for decision in _latest(decisions)
    ]


def _waivers(waivers: Sequence[Waiver]) -> list[Entry]:
    entries = []
    for waiver in _latest(waivers):
        what = {"waiver": str(waiver), "who": waiver.asked_by}
        entries.append(Entry(waiver.asked_at, _("%(who)s asked for a waiver: “%(waiver)s”") % what))
        if waiver.decided_at and waiver.decided_by:
            answer = what | {"who": waiver.decided_by, "answer": waiver.get_state_display()}
            entries.append(Entry(waiver.decided_at, _("%(who)s answered a waiver, %(answer)s: “%(waiver)s”") % answer))
    return entries


def _risks(risks: Sequence[TeamRisk]) -> list[Entry]:
    return [
        Entry(risk.raised_at, _("%(who)s raised a risk: “%(risk)s”") % {"who": risk.raised_by, "risk": risk})
        for risk in _latest(risks)
    ]


def _people(team: Team) -> list[Entry]:
    """Who came by an invitation, and who took over from whom; addresses are not told."""
    entries = []
    for each in _came(team):
        words = {"who": each.closed_by, "role": each.get_role_display(), "by": each.invited_by}
        text = _("%(who)s accepted the invitation of %(by)s: %(role)s")
        if each.replaces is not None:
            text, words["by"] = _("%(who)s took the role of %(role)s over from %(by)s"), each.replaces.user
        if each.closed_at is not None:
            entries.append(Entry(each.closed_at, text % words))
    return entries


@prepared
def _came(team: Team) -> QuerySet[Invitation]:
    accepted = Invitation.objects.filter(team=team, state=Invitation.State.ACCEPTED)
    return accepted.select_related("closed_by", "invited_by", "replaces__user").order_by("-closed_at")[:MOST]


def _signals(signals: Sequence[Signal]) -> list[Entry]:
    """Raised, dismissed and over; what an accepted one became stands among the risks."""
    entries = []
    for signal in signals[:MOST]:
        what = {"signal": str(signal), "who": signal.answered_by}
        entries.append(Entry(signal.raised_at, _("Risk signal from the data: “%(signal)s”") % what))
        if signal.closed_at and signal.state == Signal.State.DISMISSED:
            entries.append(Entry(signal.closed_at, _("%(who)s dismissed a risk signal: “%(signal)s”") % what))
        elif signal.closed_at and signal.state == Signal.State.ENDED:
            entries.append(Entry(signal.closed_at, _("Risk signal is over: “%(signal)s”") % what))
    return entries


def _latest(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=attrgetter("pk"), reverse=True)[:MOST]
