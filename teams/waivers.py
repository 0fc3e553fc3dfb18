"""Setting a condition aside, and vouching for a small baseline: always two people, always with a reason."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.models import Criterion, Milestone
from lifecycle.prepared import prepared
from teams import gate_changes, notifications
from teams.access import access_to
from teams.judging import counts
from teams.models import Confirmation, Team, User, Waiver
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused


def ask(
    team: Team,
    *,
    actor: User,
    reason: str,
    expires_on: date,
    criterion: Criterion | None = None,
    milestone: Milestone | None = None,
) -> Waiver:
    """Asks that one condition of the team's stage, a criterion or a milestone, be set aside up to and with a day.

    Raises PermissionDenied, Refused, or Conflict (with the waiver that is already asked for or granted).
    """
    if not access_to(actor, team).can_ask_waiver:
        raise PermissionDenied
    condition = criterion or milestone
    if condition is None or (criterion and milestone):
        raise Refused(_("A waiver sets aside exactly one condition."))
    if condition.stage_id != team.stage_id or condition.retired:
        raise Refused(_("This is not a condition of the team's stage."))
    if not reason.strip():
        raise Refused(_("Give a reason: it is printed on the decision."))
    if expires_on <= clock.today():
        raise Refused(_("Choose a last day that is still to come."))
    same = Waiver.objects.filter(team=team, criterion=criterion, milestone=milestone)
    try:
        with transaction.atomic():
            # One that has run out gives way, or nobody could ever ask again.
            same.filter(expires_on__lt=clock.today(), state=Waiver.State.GRANTED).update(state=Waiver.State.EXPIRED)
            asked = Waiver.objects.create(
                team=team,
                criterion=criterion,
                milestone=milestone,
                reason=reason.strip(),
                expires_on=expires_on,
                asked_by=actor,
            )
            _tell(asked, actor)
            return asked
    except IntegrityError:
        there = same.filter(state__in=[Waiver.State.ASKED, Waiver.State.GRANTED]).first()
        if there is None:
            raise
        raise Conflict(_("There is one for this condition already."), there) from None


def grant(waiver: Waiver, *, actor: User, answer: str = "") -> Waiver:
    """Grants a waiver that somebody else asked for."""
    if waiver.expires_on < clock.today():
        raise Refused(_("Its last day has passed."))
    return _decide(waiver, actor, Waiver.State.GRANTED, answer)


def refuse(waiver: Waiver, *, actor: User, answer: str) -> Waiver:
    """Refuses a waiver that somebody else asked for, with a reason."""
    if not answer.strip():
        raise Refused(_("Say why, so that the team knows what to do instead."))
    return _decide(waiver, actor, Waiver.State.REFUSED, answer)


def withdraw(waiver: Waiver, *, actor: User) -> Waiver:
    """Takes a waiver back, asked for or granted: an activator or a partner of the team may."""
    access = access_to(actor, waiver.team)
    if not (access.works or access.guides):
        raise PermissionDenied
    with transaction.atomic():
        fresh = _fresh(waiver, Waiver.State.ASKED, Waiver.State.GRANTED)
        return _write(fresh, actor, Waiver.State.WITHDRAWN, fresh.answer)


def all_of(team: Team) -> list[Waiver]:
    """Every waiver that was ever asked for, the latest first. One query."""
    return _every(team)


@prepared
def _every(team: Team) -> QuerySet[Waiver]:
    rows = Waiver.objects.filter(team=team).select_related("criterion", "milestone", "asked_by", "decided_by")
    return rows.order_by("-id")


def pending(team: Team, waivers: Iterable[Waiver]) -> list[Waiver]:
    """Those of the team's stage that are asked for or still hold, those to decide first."""
    found = [
        waiver
        for waiver in waivers
        if (waiver.criterion or waiver.milestone).stage_id == team.stage_id  # type: ignore[union-attr]  # one of the two
        and (waiver.state == Waiver.State.ASKED or counts(waiver, clock.today()))
    ]
    return sorted(found, key=lambda waiver: (waiver.state, waiver.pk))


def confirm_baseline(team: Team, *, criterion: Criterion, baseline: int, text: str, actor: User) -> Confirmation:
    """A partner's written word that a growth's small baseline is sound. A word once given for it is kept."""
    if not access_to(actor, team).can_confirm:
        raise PermissionDenied
    if criterion.stage_id != team.stage_id:
        raise Refused(_("This is not a condition of the team's stage."))
    if not text.strip():
        raise Refused(_("Write why the baseline is sound: it is printed on the decision."))
    with transaction.atomic():
        confirmation, _made = Confirmation.objects.get_or_create(
            team=team, criterion=criterion, baseline=baseline, defaults={"text": text.strip(), "by": actor}
        )
        gate_changes.ask(team)
    return confirmation


def _decide(waiver: Waiver, actor: User, state: Waiver.State, answer: str) -> Waiver:
    if not access_to(actor, waiver.team).can_grant_waiver:
        raise PermissionDenied
    if waiver.asked_by_id == actor.pk:
        raise Refused(_("You asked for it yourself: another person decides."))
    with transaction.atomic():
        return _write(_fresh(waiver, Waiver.State.ASKED), actor, state, answer.strip())


def _fresh(waiver: Waiver, *states: Waiver.State) -> Waiver:
    """The waiver, locked and read again, if it still stands in one of the states; else Conflict."""
    fresh = Waiver.objects.select_for_update(no_key=True, of=("self",)).get(pk=waiver.pk)
    if fresh.state not in states:
        words = _("It has been decided already: %(state)s.") % {"state": fresh.get_state_display()}
        raise Conflict(words, fresh)
    return fresh


def _write(waiver: Waiver, actor: User, state: Waiver.State, answer: str) -> Waiver:
    waiver.state, waiver.decided_by, waiver.answer = state, actor, answer
    waiver.decided_at = Now()  # the database's clock
    waiver.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    waiver.refresh_from_db(fields=["decided_at"])
    _tell(waiver, actor)
    return waiver


def _tell(waiver: Waiver, actor: User) -> None:
    """Those who watch hear of a question and of its answer, which may move the gate."""
    kinds = {
        Waiver.State.ASKED: notifications.Kind.WAIVER_ASKED,
        Waiver.State.GRANTED: notifications.Kind.WAIVER_GRANTED,
        Waiver.State.REFUSED: notifications.Kind.WAIVER_REFUSED,
    }
    if kind := kinds.get(Waiver.State(waiver.state)):
        notifications.tell(waiver.team, kind, cause=waiver.pk, actor=actor, what=waiver, place="#waivers")
    if waiver.state != Waiver.State.ASKED:
        gate_changes.ask(waiver.team)
