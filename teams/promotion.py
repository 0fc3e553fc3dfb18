"""Promotion: the verbs that move a team between stages, each one transaction that holds the team's row.

The lock is taken first and everything is read again behind it: rights, request, versions, verdict. Every writer
that a gate can depend on takes the same lock through the version triggers, so what was judged is what is moved.
READ COMMITTED on purpose: the reads must be younger than the lock. Nothing is promoted or demoted by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.models import Stage
from lifecycle.prepared import prepared
from teams import notifications
from teams.access import Access, access_to
from teams.decisions import differs as differs
from teams.decisions import flags as flags
from teams.decisions import freeze
from teams.decisions import readable as readable
from teams.gates import verdict_of
from teams.models import Promotion, PromotionRequest, Team, User
from teams.refusals import Busy as Busy
from teams.refusals import Conflict
from teams.refusals import Refused as NotAllowed
from teams.verdicts import Verdict
from teams.waiting import briefly

#: What those who watch the team hear of a decision; its entry is none.
TOLD: Final = {
    Promotion.Kind.PROMOTED: notifications.Kind.PROMOTED,
    Promotion.Kind.DECLINED: notifications.Kind.DECLINED,
    Promotion.Kind.STEPPED_BACK: notifications.Kind.STEPPED_BACK,
}


class Stale(Conflict[Verdict]):
    """What the person decided on is no longer so; `current` is the verdict now."""


class Refused(NotAllowed):
    """The rules forbid it; `verdict` is the gate's, where the gate is the reason."""

    def __init__(self, reason: str, verdict: Verdict | None = None) -> None:
        super().__init__(reason)
        self.verdict = verdict


def next_stage(stage: Stage) -> Stage | None:
    """The stage after one, or None after the last."""
    if stage.is_last:
        return None
    return Stage.objects.filter(order__gt=stage.order, retired=False).order_by("order").first()


def found(
    *, name: str, slug: str, actor: User | None, about: str = "", stage: Stage | None = None, on: date | None = None
) -> Team:
    """Makes a team and its entry into a stage (the first by default) on a day (today by default).

    `actor` is an admin, or None when the project itself makes the team.
    """
    if actor is not None and not actor.is_admin:
        raise PermissionDenied
    stage = stage or Stage.objects.filter(retired=False).order_by("order").first()
    if stage is None:
        raise Refused(_("There is no stage yet: load the lifecycle first."))
    with transaction.atomic():
        team = Team.objects.create(name=name, slug=slug, about=about, stage=stage, entered_on=on or clock.today())
        enter(team, actor=actor, on=team.entered_on)
    team.refresh_from_db(fields=["data_version", "facts_version"])
    return team


def enter(team: Team, *, actor: User | None, on: date) -> Promotion:
    """Writes the first row of a team's history: it entered the lifecycle in the stage where it stands."""
    return _decide(
        team, Promotion.Kind.ENTERED, to_stage=team.stage, actor=actor, effective_on=on, verdict=None, request=None
    )


def request(team: Team, *, actor: User, note: str = "") -> PromotionRequest:
    """Asks a partner to promote the team out of its stage; only through an open gate, so that partners are not spammed.

    The request's `stage` is the one to be left. The same person asking twice gets the first request.
    Raises PermissionDenied, Refused (with the verdict), Busy.
    """
    with held(team) as locked:
        _allow(access_to(actor, locked), "can_request", locked)
        pending = pending_request(locked)
        if pending is not None and pending.requested_by_id == actor.pk:
            return pending
        if pending is not None:
            raise Refused(_("%(person)s has asked already.") % {"person": pending.requested_by})
        if next_stage(locked.stage) is None:
            raise Refused(_("The team is in the last stage."))
        _through(verdict_of(locked))
        asked = PromotionRequest.objects.create(team=locked, stage=locked.stage, requested_by=actor, note=note.strip())
        notifications.tell(
            locked,
            notifications.Kind.ASKED,
            cause=asked.pk,
            actor=actor,
            what=locked.stage,
            place="#promotion",
        )
        return asked


def pending_request(team: Team) -> PromotionRequest | None:
    """The team's open request, if there is one."""
    return _open_requests.first(team)


@prepared
def _open_requests(team: Team) -> QuerySet[PromotionRequest]:
    found = PromotionRequest.objects.filter(team=team, state=PromotionRequest.State.OPEN)
    return found.select_related("requested_by", "stage")


def withdraw(asked: PromotionRequest, *, actor: User) -> PromotionRequest:
    """Takes a request back: whoever may ask may also take back. Raises Stale when it is already closed."""
    with held(asked.team) as team:
        _allow(access_to(actor, team), "works", team)
        return _close(_open(asked, team), PromotionRequest.State.WITHDRAWN)


def promote(asked: PromotionRequest, *, actor: User, seen_version: int, reason: str = "") -> Promotion:
    """Moves the team to the next stage and freezes what was seen, with the partner's word if there is one.

    `seen_version` is the team's `data_version` on the page the person decided from. Raises PermissionDenied,
    Refused (the requester, a gate that is not open), Stale (request closed, data moved on), Busy.
    """
    with held(asked.team) as team:
        _allow(access_to(actor, team), "can_decide", team)
        fresh = _open(asked, team)
        _two_people(fresh, actor)
        verdict = verdict_of(team)
        if team.data_version != seen_version:
            raise Stale(_("The team's data has changed since you read the gate."), verdict)
        to_stage = next_stage(team.stage)
        if to_stage is None:
            raise Refused(_("The team is in the last stage."))
        _through(verdict)
        promotion = _decide(
            team,
            Promotion.Kind.PROMOTED,
            to_stage=to_stage,
            actor=actor,
            verdict=verdict,
            request=fresh,
            reason=reason.strip(),
        )
        _close(fresh, PromotionRequest.State.PROMOTED)
        _move(team, to_stage)
        return promotion


def decline(asked: PromotionRequest, *, actor: User, reason: str) -> Promotion:
    """Says no to a request, with a reason and what was seen. Raises as `promote`."""
    with held(asked.team) as team:
        _allow(access_to(actor, team), "can_decide", team)
        fresh = _open(asked, team)
        _two_people(fresh, actor)
        promotion = _decide(
            team,
            Promotion.Kind.DECLINED,
            to_stage=team.stage,
            actor=actor,
            verdict=verdict_of(team),
            request=fresh,
            reason=_reason(reason),
        )
        _close(fresh, PromotionRequest.State.DECLINED)
        return promotion


def step_back(team: Team, *, actor: User, to_stage: Stage, reason: str, seen_stage: int | None = None) -> Promotion:
    """Moves the team to an earlier stage, with a reason and what was seen. An open request lapses with its stage.

    `seen_stage` is the id of the stage that the person's screen showed; None when there was no screen. Raises
    PermissionDenied, Refused, Busy, and Stale if the team has moved meanwhile.
    """
    with held(team) as locked:
        _allow(access_to(actor, locked), "can_step_back", locked)
        if seen_stage is not None and seen_stage != locked.stage_id:
            raise Stale(_("The team has moved to another stage since you read this page."), verdict_of(locked))
        if to_stage.order >= locked.stage.order or to_stage.retired:
            raise Refused(_("Choose a stage before the one in which the team is."))
        promotion = _decide(
            locked,
            Promotion.Kind.STEPPED_BACK,
            to_stage=to_stage,
            actor=actor,
            verdict=verdict_of(locked),
            request=None,
            reason=_reason(reason),
        )
        if pending := pending_request(locked):
            _close(pending, PromotionRequest.State.WITHDRAWN)
        _move(locked, to_stage)
        return promotion


@contextmanager
def held(team: Team) -> Iterator[Team]:
    """A transaction that holds the team's row, freshly read. Raises Busy if somebody else holds it for long."""
    with briefly():
        # No join here: with the stage joined, a row that moved while we waited would match no stage and vanish.
        yield Team.objects.select_for_update(no_key=True).get(pk=team.pk)


def _allow(access: Access, right: str, team: Team) -> None:
    """The right, read behind the lock; a team that is not active gets words instead of a bare no."""
    if team.state != Team.State.ACTIVE and access.can_read:
        raise Refused(_("The team is %(state)s.") % {"state": team.get_state_display()})
    if not getattr(access, right):
        raise PermissionDenied


def _open(asked: PromotionRequest, team: Team) -> PromotionRequest:
    """The request read again behind the lock, still open and of the stage in which the team is."""
    fresh = PromotionRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=asked.pk, team=team)
    if fresh.state != PromotionRequest.State.OPEN or fresh.stage_id != team.stage_id:
        words = _("This request is no longer open: %(state)s.") % {"state": fresh.get_state_display()}
        raise Stale(words, verdict_of(team))
    return fresh


def _two_people(asked: PromotionRequest, actor: User) -> None:
    if asked.requested_by_id == actor.pk:
        raise Refused(_("You asked for it yourself: another person decides."))


def _through(verdict: Verdict) -> None:
    """Only an open verdict on current numbers lets anybody through."""
    if verdict.updating:
        raise Refused(_("The numbers are being counted again. Try again in a moment."), verdict)
    if not verdict.is_open:
        raise Refused(_("The gate is not open: %(state)s.") % {"state": verdict.state.label}, verdict)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Give a reason: it is printed in the stage history."))
    return reason.strip()


def _decide(
    team: Team,
    kind: Promotion.Kind,
    *,
    to_stage: Stage,
    actor: User | None,
    verdict: Verdict | None,
    request: PromotionRequest | None,
    reason: str = "",
    effective_on: date | None = None,
) -> Promotion:
    """Adds the next row of the team's history. `team` is locked, or nobody else knows it yet."""
    last = Promotion.objects.filter(team=team).order_by("-seq").values_list("seq", flat=True).first()
    people = {"requested_by": request.requested_by if request else None, "decided_by": actor}
    decided = Promotion.objects.create(
        team=team,
        seq=(last or 0) + 1,
        kind=kind,
        from_stage=None if kind == Promotion.Kind.ENTERED else team.stage,
        to_stage=to_stage,
        request=request,
        requested_by=people["requested_by"],
        decided_by=actor,
        effective_on=effective_on or clock.today(),
        reason=reason,
        data_version=team.data_version,
        record=freeze(verdict, stage=to_stage, people=people, team=team),
    )
    if told := TOLD.get(kind):
        stage = decided.from_stage if kind == Promotion.Kind.DECLINED else to_stage
        place = f"history/{decided.seq}/"
        notifications.tell(team, told, cause=decided.seq, actor=actor, what=stage, place=place)
    return decided


def _close(asked: PromotionRequest, state: PromotionRequest.State) -> PromotionRequest:
    asked.state = state
    asked.closed_at = Now()  # the database's clock
    asked.save(update_fields=["state", "closed_at"])
    asked.refresh_from_db(fields=["closed_at"])
    return asked


def _move(team: Team, stage: Stage) -> None:
    team.stage, team.entered_on = stage, clock.today()
    team.save(update_fields=["stage", "entered_on"])
