"""The demo organisation's past. Verbs only write the present, so what lies behind is put down here, row by row.

Nothing of this is a decision of the product: the records of these promotions hold no conditions, and say so.
"""

from datetime import UTC, date, datetime, time, timedelta

from lifecycle import clock
from lifecycle.models import Milestone, Stage
from metrics.demo import ways
from teams import decisions
from teams.models import CheckIn, MilestoneEvent, Promotion, PromotionRequest, Team, User

Action = MilestoneEvent.Action
AFTER = {
    Action.START: MilestoneEvent.State.IN_PROGRESS,
    Action.DONE: MilestoneEvent.State.DONE,
    Action.VERIFY: MilestoneEvent.State.VERIFIED,
}


def at(day: date, hour: int = 10) -> datetime:
    """An hour of a UTC day."""
    return datetime.combine(day, time(hour), tzinfo=UTC)


def days_ago(days: int) -> date:
    """A UTC day before today."""
    return clock.today() - timedelta(days=days)


def promotions(team: Team, *, way: ways.Way, activator: User, partner: User) -> None:
    """The team's way to where it stands, from stage to stage with the days since it entered each."""
    before: Stage | None = None
    for seq, (stage, days) in enumerate(way, 1):
        day = days_ago(days)
        if before is None:
            _decision(team, seq, Promotion.Kind.ENTERED, None, stage, day=day)
        elif stage.order < before.order:
            _decision(team, seq, Promotion.Kind.STEPPED_BACK, before, stage, day=day, partner=partner)
        else:
            asked = PromotionRequest.objects.create(
                team=team,
                stage=before,
                requested_by=activator,
                requested_at=at(day - timedelta(days=4)),
                state=PromotionRequest.State.PROMOTED,
                closed_at=at(day),
            )
            _decision(team, seq, Promotion.Kind.PROMOTED, before, stage, day=day, asked=asked, partner=partner)
        before = stage


def _decision(
    team: Team,
    seq: int,
    kind: Promotion.Kind,
    left: Stage | None,
    entered: Stage,
    *,
    day: date,
    asked: PromotionRequest | None = None,
    partner: User | None = None,
) -> None:
    people: dict[str, User | None] = {"requested_by": asked.requested_by if asked else None, "decided_by": partner}
    Promotion.objects.create(
        team=team,
        seq=seq,
        kind=kind,
        from_stage=left,
        to_stage=entered,
        request=asked,
        requested_by=people["requested_by"],
        decided_by=partner,
        decided_at=at(day),
        effective_on=day,
        reason=ways.REASONS.get(kind, ""),
        data_version=team.data_version,
        record=decisions.freeze(None, stage=entered, people=people, team=team),
    )


def milestones(team: Team, *, plan: dict[str, int], activator: User, partner: User) -> None:
    """All milestones of the stages behind the team, and of its own stage as many as planned.

    `plan`: how many are "done" and "started", and how many of the done are "unverified", waiting for a partner.
    """
    for stage in Stage.objects.filter(order__lt=team.stage.order):
        moved = Promotion.objects.filter(team=team, from_stage=stage, kind=Promotion.Kind.PROMOTED)
        left = moved.latest("seq").effective_on
        for milestone in _of(stage):
            _do(team, milestone, day=left - timedelta(days=30), activator=activator, partner=partner)
    here = [each for each in _of(team.stage) if each.required]
    done = min(plan.get("done", 0), len(here))
    for place, milestone in enumerate(here[: done + plan.get("started", 0)]):
        if place >= done:
            _event(team, milestone, 1, Action.START, actor=activator, moment=at(days_ago(9)))
            continue
        ago = max(3, (clock.today() - team.entered_on).days * (done - place) // (2 * done))
        # What grows old has been looked at again: a demo that opens on lapsed milestones would only puzzle.
        ago = min(ago, (milestone.refresh_days or 10_000) // 2)
        verifier = partner if place < done - plan.get("unverified", 0) else None
        _do(team, milestone, day=days_ago(ago), activator=activator, partner=verifier)


def check_ins(team: Team, *, days: list[int], by: User) -> None:
    """Check-ins kept so many days ago."""
    notes = [
        "Went through the gate row by row; agreed on what comes next.",
        "Talked about newcomers and who answers them. Two more people share the rota now.",
        "Looked at the funnel together and picked one gap to close.",
    ]
    for place, ago in enumerate(days):
        CheckIn.objects.create(team=team, held_on=days_ago(ago), note=notes[place % len(notes)], by=by)


def _of(stage: Stage) -> list[Milestone]:
    return list(Milestone.objects.filter(stage=stage, retired=False))


def _do(team: Team, milestone: Milestone, *, day: date, activator: User, partner: User | None) -> None:
    _event(team, milestone, 1, Action.DONE, actor=activator, moment=at(day))
    if partner is not None and milestone.needs_verification:
        _event(team, milestone, 2, Action.VERIFY, actor=partner, moment=at(day + timedelta(days=1), 15))


def _event(
    team: Team, milestone: Milestone, seq: int, action: MilestoneEvent.Action, *, actor: User, moment: datetime
) -> None:
    MilestoneEvent.objects.create(
        team=team, milestone=milestone, seq=seq, action=action, state=AFTER[action], actor=actor, at=moment
    )
