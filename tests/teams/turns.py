"""Everything that can change what the portfolio shows, as one small write each, whatever writes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import time_machine

from lifecycle import clock
from lifecycle.models import Criterion, Milestone, Stage
from teams import notifications
from teams.models import (
    Confirmation,
    Measurement,
    Membership,
    MilestoneEvent,
    Notification,
    Promotion,
    PromotionRequest,
    Role,
    Team,
    TeamRisk,
    User,
    Waiver,
    WeeklyCount,
)
from tests.conftest import People
from tests.factories import (
    CheckInFactory,
    CriterionFactory,
    MembershipFactory,
    MilestoneFactory,
    StageFactory,
    TeamFactory,
    TeamRiskFactory,
)
from tests.weeks import week


@dataclass
class Scene:
    """A team with a gate, its people, and the clock they live by; what was changed is counted, to be told apart."""

    people: People
    clock: time_machine.Traveller
    turns: int = 0

    @property
    def team(self) -> Team:
        """As the database has it."""
        return Team.objects.get(pk=self.people.team.pk)

    @property
    def reader(self) -> User:
        """The one whose page is looked at."""
        return self.people.partner


def scene_of(people: People, clock: time_machine.Traveller) -> Scene:
    """Two required criteria, two milestones of which one is verified, a risk, and weeks behind the team."""
    stage = people.team.stage
    StageFactory.create(order=2, is_last=True)
    CriterionFactory.create(stage=stage, threshold=Decimal(3))
    CriterionFactory.create(stage=stage, measure="check_ins_90d", threshold=Decimal(1))
    MilestoneFactory.create(stage=stage, needs_verification=True, refresh_days=30)
    MilestoneFactory.create(stage=stage)
    scene = Scene(people, clock)
    for each in (measure, write_a_week, raise_a_risk, _answered):
        each(scene)
    return scene


def tick(scene: Scene) -> None:
    milestones = list(Milestone.objects.filter(stage=scene.team.stage))
    milestone = milestones[scene.turns % len(milestones)] if milestones else MilestoneFactory.create(stage_id=1)
    before = MilestoneEvent.objects.filter(team=scene.team, milestone=milestone).order_by("seq").last()
    next_of = {"done": ("verify", "verified"), "verified": ("undo", "done")}
    action, state = next_of.get(before.state if before else "", ("done", "done"))
    actor = scene.people.partner if action == "verify" else scene.people.activator
    seq = before.seq + 1 if before else 1
    MilestoneEvent.objects.create(
        team=scene.team, milestone=milestone, seq=seq, action=action, state=state, actor=actor, at=clock.now()
    )


def waive(scene: Scene) -> None:
    """Ask for a waiver, then grant it, then take it away."""
    standing = Waiver.objects.filter(team=scene.team, state__in=["asked", "granted"]).first()
    if standing is None:
        criterion = Criterion.objects.filter(stage=scene.team.stage).first() or CriterionFactory.create()
        Waiver.objects.create(
            team=scene.team,
            criterion=criterion,
            reason="Later.",
            expires_on=clock.today() + timedelta(days=20),
            asked_by=scene.people.activator,
        )
        return
    standing.state = "granted" if standing.state == "asked" else "withdrawn"
    standing.decided_by, standing.decided_at = scene.people.partner, clock.now()
    standing.save()


def confirm(scene: Scene) -> None:
    criterion = Criterion.objects.filter(stage=scene.team.stage).first() or CriterionFactory.create()
    Confirmation.objects.create(
        team=scene.team, criterion=criterion, baseline=1_000 + scene.turns, text="Sound.", by=scene.people.partner
    )


def check_in(scene: Scene) -> None:
    CheckInFactory.create(team=scene.team, held_on=clock.today() - timedelta(days=scene.turns % 3))


def raise_a_risk(scene: Scene) -> None:
    TeamRiskFactory.create(
        team=scene.team,
        likelihood=3,
        impact=1 + scene.turns % 3,
        review_on=clock.today() + timedelta(days=scene.turns % 9),
    )


def close_a_risk(scene: Scene) -> None:
    risk = TeamRisk.objects.filter(team=scene.team).exclude(state="closed").last()
    if risk:
        TeamRisk.objects.filter(pk=risk.pk).update(state="closed")


def forget_a_risk(scene: Scene) -> None:
    TeamRisk.objects.filter(team=scene.team).delete()


def ask_for_promotion(scene: Scene) -> None:
    """Ask, and at the next turn withdraw."""
    pending = PromotionRequest.objects.filter(team=scene.team, state="open")
    if not pending.update(state="withdrawn", closed_at=clock.now()):
        PromotionRequest.objects.create(team=scene.team, stage=scene.team.stage, requested_by=scene.people.activator)


def promote(scene: Scene) -> None:
    """A decision alone, as SQL by hand would write it."""
    answered = PromotionRequest.objects.filter(team=scene.team, state="promoted", decision=None).first()
    Promotion.objects.create(
        team=scene.team,
        seq=Promotion.objects.filter(team=scene.team).count() + 1,
        kind=Promotion.Kind.PROMOTED,
        request=answered or _answered(scene),
        from_stage=scene.team.stage,
        to_stage=scene.team.stage,
        decided_by=scene.people.partner,
        effective_on=clock.today(),
        data_version=1,
        record={},
    )


def _answered(scene: Scene) -> PromotionRequest:
    return PromotionRequest.objects.create(
        team=scene.team,
        stage=scene.team.stage,
        requested_by=scene.people.activator,
        state="promoted",
        closed_at=clock.now(),
    )


def measure(scene: Scene) -> None:
    for name in ("active_contributors", "check_ins_90d"):
        Measurement.objects.update_or_create(
            team=scene.team,
            measure=name,
            window_days=0,
            defaults={
                "value": Decimal(scene.turns % 5),
                "as_of": clock.today(),
                "valid_until": clock.today() + timedelta(days=4),
                "data_version": scene.team.data_version,
                "computed_at": clock.now(),
                "job": scene.turns + 1,
            },
        )


def write_a_week(scene: Scene) -> None:
    """The next week, or another number in the last one."""
    last = WeeklyCount.objects.filter(team=scene.team).order_by("week").last()
    monday = clock.today() - timedelta(days=clock.today().weekday())
    if last is None or last.week < monday - timedelta(days=1):
        begin = last.week if last else monday - timedelta(days=8)
        week(scene.team, begin + timedelta(days=7), active=scene.turns % 30)
    elif not WeeklyCount.objects.filter(team=scene.team, week__lt=last.week).exists():
        WeeklyCount.objects.filter(team=scene.team).delete()


def appoint(scene: Scene) -> None:
    MembershipFactory.create(team=scene.team, role=Role.PARTNER)


def take_a_role(scene: Scene) -> None:
    """The reader becomes activator as well, or no longer is."""
    own = Membership.objects.filter(team=scene.team, user=scene.reader, role=Role.ACTIVATOR)
    if not own.delete()[0]:
        MembershipFactory.create(team=scene.team, user=scene.reader, role=Role.ACTIVATOR)


def join_another_team(scene: Scene) -> None:
    MembershipFactory.create(user=scene.reader, role=Role.VIEWER, team=TeamFactory.create(stage=scene.team.stage))


def leave_another_team(scene: Scene) -> None:
    Membership.objects.filter(user=scene.reader, role=Role.VIEWER).update(ends_on=clock.today())


def edit_a_criterion(scene: Scene) -> None:
    criterion = Criterion.objects.filter(stage=scene.team.stage).first()
    if criterion:
        criterion.threshold = Decimal(1 + scene.turns % 6)
        criterion.save()


def retire_a_criterion(scene: Scene) -> None:
    Criterion.objects.filter(stage=scene.team.stage).update(retired=bool(scene.turns % 2))


def edit_a_milestone(scene: Scene) -> None:
    Milestone.objects.filter(stage=scene.team.stage).update(required=bool(scene.turns % 2))


def add_a_milestone(scene: Scene) -> None:
    MilestoneFactory.create(stage=scene.team.stage)


def rename_a_stage(scene: Scene) -> None:
    Stage.objects.filter(pk=scene.team.stage_id).update(name=f"Renamed {scene.turns}", short_name=f"S{scene.turns}")


def add_a_stage(scene: Scene) -> None:
    StageFactory.create(order=10 + scene.turns)


def move(scene: Scene) -> None:
    stages = list(Stage.objects.order_by("order")[:2])
    Team.objects.filter(pk=scene.team.pk).update(stage=stages[scene.turns % 2], entered_on=clock.today())


def rename(scene: Scene) -> None:
    Team.objects.filter(pk=scene.team.pk).update(name=f"Lantern {scene.turns}")


def give_another_address(scene: Scene) -> None:
    Team.objects.filter(pk=scene.team.pk).update(slug=f"lantern-{scene.turns}")


def pause(scene: Scene) -> None:
    Team.objects.filter(pk=scene.team.pk).update(state=["active", "paused"][scene.turns % 2])


def rename_the_reader(scene: Scene) -> None:
    User.objects.filter(pk=scene.reader.pk).update(first_name=f"Sol {scene.turns}")


def promote_the_reader(scene: Scene) -> None:
    """An admin sees every team."""
    User.objects.filter(pk=scene.reader.pk).update(is_staff=bool(scene.turns % 2))


def be_told(scene: Scene) -> None:
    """Of something that is unread, and read by the next turn."""
    notifications.read(scene.reader, until=2**31 - 1)
    if scene.turns % 2:
        notifications.tell(scene.team, Notification.Kind.HIGH_RISK, cause=scene.turns, to=[scene.reader])


def pass_a_day(scene: Scene) -> None:
    scene.clock.shift(timedelta(days=1))


def pass_a_month(scene: Scene) -> None:
    scene.clock.shift(timedelta(days=31))


TURNS: list[Callable[[Scene], None]] = [
    tick,
    waive,
    confirm,
    check_in,
    raise_a_risk,
    close_a_risk,
    forget_a_risk,
    ask_for_promotion,
    promote,
    measure,
    write_a_week,
    appoint,
    take_a_role,
    join_another_team,
    leave_another_team,
    edit_a_criterion,
    retire_a_criterion,
    edit_a_milestone,
    add_a_milestone,
    rename_a_stage,
    add_a_stage,
    move,
    rename,
    give_another_address,
    pause,
    rename_the_reader,
    promote_the_reader,
    be_told,
    pass_a_day,
    pass_a_month,
]
