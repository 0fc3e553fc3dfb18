"""What now: at most three next moves of a team, the reader's own first."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lifecycle import clock
from lifecycle.days import in_words
from teams.access import Access
from teams.dashboard.people import Crew, is_move_of
from teams.dashboard.ways import Way, way_of
from teams.gates import Condition, Mover, Verdict
from teams.models import CheckIn, PromotionRequest, Team, TeamRisk, User, Waiver
from teams.pauses import Pauses, running_days

#: Days without a check-in after which a team counts as silent.
SILENT_DAYS = 30
MOST = 3
#: Where a move of somebody else leads a reader, by its anchor; any other one is a milestone's.
LOOKS: Final = {
    "promotion": gettext_lazy("See the promotion"),
    "waivers": gettext_lazy("See the waivers"),
    "gate": gettext_lazy("See the gate"),
    "risks": gettext_lazy("See the risks"),
    "check-ins": gettext_lazy("See the check-ins"),
    "invite-h": gettext_lazy("See the people"),
}


@dataclass(frozen=True)
class Move:
    """One next step: whose it is, what it is, and the place on the page where it is done."""

    role: str
    text: str
    anchor: str
    action: str
    who: str = ""
    mine: bool = False
    page: str = ""  # where the anchor is, if not on this page
    way: Way | None = None  # where whose move it is makes it, if the anchor is where it is only seen


@dataclass(frozen=True)
class Situation:
    """Everything a team's moves follow from."""

    team: Team
    verdict: Verdict
    request: PromotionRequest | None
    waivers: list[Waiver]
    risks: list[TeamRisk]
    last_check_in: CheckIn | None
    crew: Crew
    pauses: Pauses


def moves_of(situation: Situation, *, reader: User, access: Access) -> list[Move]:
    """The next moves, the reader's own first, each with the name of whose it is. A retired team has none.

    Before all else comes a role of the team that waits for the reader's own answer.
    """
    if not access.can_write:
        return []
    found = [*_of_promotion(situation), *_of_conditions(situation), *_of_upkeep(situation)]
    named = [_addressed(move, reader, situation) for move in found]
    return [*_of_offers(situation.team, reader), *sorted(named, key=lambda move: not move.mine)][:MOST]


def _of_offers(team: Team, reader: User) -> list[Move]:
    """Answered on the reader's own page, where the word that came with it stands."""
    action, page = _("Read it and answer"), reverse("teams:account")
    offered = [each for each in reader.offers if each.slug == team.slug]
    return [Move(each.role, each.words, "inv-h", action, mine=True, page=page) for each in offered]


def _addressed(move: Move, reader: User, situation: Situation) -> Move:
    """The move with its names. A reader whose move it is not is led to where it is seen, not told to make it."""
    mine, who = is_move_of(reader, situation.crew, move.role), _who(move, situation.crew)
    if not mine:
        return replace(move, who=who, action=str(LOOKS.get(move.anchor, _("See the milestone"))))
    if not move.way:
        return replace(move, who=who, mine=True)
    page, action = move.way.address(situation.team), str(move.way.action)
    return replace(move, who=who, mine=True, anchor=move.way.anchor, action=action, page=page)


def _who(move: Move, crew: Crew) -> str:
    """The names of those whose move it is; an admin's is nobody's in particular."""
    return crew.names(str(move.role))


def _of_promotion(situation: Situation) -> list[Move]:
    moves = []
    if situation.request:
        moves.append(
            Move(
                Mover.PARTNER,
                _("Decide on the promotion that %(name)s asked for on %(day)s.")
                % {"name": situation.request.requested_by, "day": _day(situation.request.requested_at.date())},
                "promotion",
                _("Read the gate and decide"),
            )
        )
    elif situation.verdict.is_open and not situation.team.stage.is_last:
        moves.append(
            Move(Mover.ACTIVATOR, _("The gate is open. Ask for the promotion."), "promotion", _("Ask for promotion"))
        )
    if asked := [waiver for waiver in situation.waivers if waiver.state == Waiver.State.ASKED]:
        text = ngettext("A waiver waits for an answer.", "%(n)d waivers wait for an answer.", len(asked)) % {
            "n": len(asked)
        }
        moves.append(Move(Mover.PARTNER, text, "waivers", _("Answer")))
    return moves


def _of_conditions(situation: Situation) -> list[Move]:
    moves: list[Move] = []
    for condition in situation.verdict.blocking:
        if condition.kind == "milestones":
            moves.extend(_of_milestones(condition))
        elif condition.move != Mover.NOBODY:
            move = Move(condition.move, _sentence(condition), "gate", _("See the gate"), way=way_of(condition))
            moves.append(move)
    return moves


def _sentence(condition: Condition) -> str:
    """The condition and what it lacks: "New contributors: 1 more person."."""
    return f"{condition.label}: {condition.lack}."


def _of_milestones(condition: Condition) -> list[Move]:
    waiting = [state for state in condition.unsettled if state.waits_for_partner]
    todo = [state for state in condition.unsettled if not state.waits_for_partner]
    moves = []
    if waiting:
        first = waiting[0]
        text = ngettext("Verify “%(first)s”.", "Verify %(n)d milestones, first “%(first)s”.", len(waiting)) % {
            "n": len(waiting),
            "first": first.milestone.text.rstrip("."),
        }
        moves.append(Move(Mover.PARTNER, text, f"milestone-{first.milestone.pk}", _("Verify")))
    if todo:
        first = todo[0]
        text = ngettext(
            "One milestone is left: “%(first)s”.", "%(n)d milestones are left; next “%(first)s”.", len(todo)
        ) % {"n": len(todo), "first": first.milestone.text.rstrip(".")}
        moves.append(Move(Mover.ACTIVATOR, text, f"milestone-{first.milestone.pk}", _("Go to it")))
    return moves


def _of_upkeep(situation: Situation) -> list[Move]:
    today = clock.today()
    moves = []
    if overdue := [risk for risk in situation.risks if risk.review_on and risk.review_on < today]:
        text = ngettext("The review of a risk is past its day.", "%(n)d risks are past their review.", len(overdue)) % {
            "n": len(overdue)
        }
        moves.append(Move(Mover.ACTIVATOR, text, "risks", _("See the risks")))
    silent = days_silent(situation.team, situation.last_check_in, today, situation.pauses)
    if silent > SILENT_DAYS and situation.team.state == Team.State.ACTIVE:
        text = _("No check-in for %(n)d days.") % {"n": silent}
        moves.append(Move(Mover.PARTNER, text, "check-ins", _("Add a check-in")))
    if alone := situation.crew.only_editor:
        text = _("Only %(name)s can tick and bring data in here. Invite a second activator, or a deputy.")
        people = reverse("teams:people", args=[situation.team.slug])
        moves.append(Move(Mover.ACTIVATOR, text % {"name": alone.user}, "invite-h", _("Invite somebody"), page=people))
    return moves


def days_silent(team: Team, last: CheckIn | None, today: date, pauses: Pauses) -> int:
    """Days since the last check-in, or since the stage was entered if there was none, without those of a pause."""
    return running_days(pauses, last.held_on if last else team.entered_on, today)


def _day(day: date) -> str:
    return in_words(day)
