"""More of everything: a world grown by so many rows of each sort, to hold what a page asks against its size."""

import itertools
from datetime import timedelta

from django.core.files.base import ContentFile

from lifecycle import clock, jobs
from lifecycle.models import Suggestion
from metrics.hooks import sealed
from metrics.models import HookSecret, Import, Token
from pathways.models import (
    CommunityRole,
    ContributorEvent,
    FunnelLink,
    Iteration,
    Kind,
    Level,
    Likeness,
    Mentorship,
    Pathway,
    Steward,
)
from teams.models import MilestoneEvent, PromotionRequest, Role, Team, Waiver
from teams.promotion import enter
from tests.factories import (
    LONG_AGO,
    CaseStudyFactory,
    CheckInFactory,
    CommunityRoleFactory,
    ContributorFactory,
    CriterionFactory,
    DutyFactory,
    EnrolmentFactory,
    FunnelFactory,
    IdentityFactory,
    KindFactory,
    MembershipFactory,
    MilestoneFactory,
    PathwayFactory,
    PointFactory,
    ResourceFactory,
    RiskFactory,
    SignalFactory,
    SourceFactory,
    StepFactory,
    TeamFactory,
    TeamRiskFactory,
)
from tests.metrics.acts import act
from tests.world import World

_numbers = itertools.count(1)


def grow(world: World, times: int) -> None:
    """So many more of each; what hangs on the rows that addresses name grows with them."""
    for _ in range(times):
        number = next(_numbers)
        of_the_organisation(world, number)
        of_the_team(world.team, number)
        of_a_pathway(world.team.pathways.get(slug=world.rows["pathway"]), number)
        of_a_pathway(PathwayFactory.create(team=world.team), number)
        of_a_person(world, number)
        of_data(world, number)
    Team.objects.update(about=f"Grown to {next(_numbers)}.")  # everything that is kept of a team is out of date
    jobs.drain()


def of_the_organisation(world: World, number: int) -> None:
    """Definitions, teams that the same people have, suggestions."""
    stage = world.team.stage
    MilestoneFactory.create(stage=stage, parent=world.rows["milestone"])
    for make in (MilestoneFactory, ResourceFactory, RiskFactory, DutyFactory, CriterionFactory):
        make.create(stage=stage)
    DutyFactory.create(stage=None)
    FunnelFactory.create()
    KindFactory.create(key=f"known-{number}")
    KindFactory.create(key=f"unknown-{number}", state=Kind.State.UNKNOWN)
    Suggestion.objects.create(stage=stage, facet="milestones", text=f"One more {number}", author="somebody")
    other = TeamFactory.create(stage=stage)
    for membership in world.team.memberships.select_related("user"):
        MembershipFactory.create(team=other, user=membership.user, role=membership.role)
    TeamRiskFactory.create(team=other, likelihood=3, impact=3)
    CheckInFactory.create(team=other)


def of_the_team(team: Team, number: int) -> None:
    """What stands on the team's page and in its history."""
    for role in (Role.VIEWER, Role.ACTIVATOR, Role.PARTNER):
        MembershipFactory.create(team=team, role=role)
    asker, today = MembershipFactory.create(team=team).user, clock.today()
    for milestone in team.stage.milestones.all():
        seq = MilestoneEvent.objects.filter(team=team, milestone=milestone).count() + 1
        MilestoneEvent.objects.create(
            team=team, milestone=milestone, seq=seq, action="note", state="open", actor=asker, note="Soon."
        )
    TeamRiskFactory.create(team=team, likelihood=3, impact=3, owner=asker)
    SignalFactory.create(team=team, state="ended", closed_at=clock.now())
    CheckInFactory.create(team=team)
    CaseStudyFactory.create(team=team)
    enter(team, actor=asker, on=team.entered_on)
    PromotionRequest.objects.create(
        team=team, stage=team.stage, requested_by=asker, state="withdrawn", closed_at=clock.now()
    )
    Waiver.objects.create(
        team=team,
        criterion=CriterionFactory.create(stage=team.stage),
        reason="Later.",
        expires_on=today + timedelta(days=9),
        asked_by=asker,
    )
    Token.objects.create(
        team=team, name=f"Token {number}", digest=f"more {number}".encode(), expires_on=today, made_by=asker
    )


def of_a_pathway(pathway: Pathway, number: int) -> None:
    """Steps, points, stewards, funnels, iterations, and people who walk it."""
    today, user = clock.today(), MembershipFactory.create(team=pathway.team).user
    StepFactory.create(pathway=pathway, kinds=[KindFactory.create().pk])
    for level in (Level.CASUAL, Level.ACTIVE, Level.CORE):
        PointFactory.create(pathway=pathway, level=level, n=int(level))
    Steward.objects.create(pathway=pathway, user=user, from_on=today)
    FunnelLink.objects.create(pathway=pathway, funnel=FunnelFactory.create(), connected_on=today)
    Iteration.objects.create(pathway=pathway, on=today, what=f"Change {number}", why="To see.", by=user)
    for ago in (0, 20, 100, 200, 400):
        person = IdentityFactory.create().contributor
        EnrolmentFactory.create(pathway=pathway, contributor=person)
        act(pathway, person, *(today - timedelta(days=ago + each) for each in range(4)))


def of_a_person(world: World, number: int) -> None:
    """A longer life of the one whom addresses name."""
    person, team, today = world.rows["contributor"], world.team, clock.today()
    other = IdentityFactory.create(name=IdentityFactory.create(contributor=person).name).contributor
    act(world.team.pathways.get(slug=world.rows["pathway"]), other, today)
    act(world.team.pathways.get(slug=world.rows["pathway"]), person, today, today - timedelta(days=30))
    Likeness.objects.create(one=person, other=other, reasons=["name"], confidence=50)
    merged = {"from": IdentityFactory.create().contributor_id, "moved": {}, "dropped": []}
    ContributorEvent.objects.create(contributor=person, action="merge", detail=merged)
    since = LONG_AGO + timedelta(days=number)
    role = CommunityRoleFactory.create(team=team, contributor=person, role=CommunityRole.Role.MENTOR, from_on=since)
    Mentorship.objects.create(role=role, mentee=ContributorFactory.create(), from_on=today)


def of_data(world: World, number: int) -> None:
    """Sources, imports, secrets."""
    pathway = world.team.pathways.get(slug=world.rows["pathway"])
    source = SourceFactory.create(pathway=pathway)
    for each in (source, world.rows["source"]):
        Import.objects.create(source=each, file=ContentFile(b"x", "x"), filename="x.csv", sha256=f"{number:064}")
    HookSecret.objects.create(
        hook=world.rows["hook_source"].hook,
        sealed=sealed("s" * 43),
        made_by=MembershipFactory.create(team=world.team).user,
    )
