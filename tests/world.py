"""One team with a row of everything that an address can name; another team's rows are made the same way."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile

from lifecycle import clock
from metrics.hooks import sealed
from metrics.models import Hook, HookSecret, Import, Token
from pathways.models import CommunityRole, ContributorEvent, FunnelLink, Iteration, Kind, Mentorship, Steward
from pathways.presence import BY_WORD
from teams import letters, links, mail_settings
from teams.models import Comment, Membership, Notification, PromotionRequest, Role, Team, Waiver
from teams.promotion import enter
from tests.factories import (
    AbsenceFactory,
    AddressChangeFactory,
    CaseStudyFactory,
    CaseStudyLinkFactory,
    CheckInFactory,
    CommunityRoleFactory,
    CriterionFactory,
    EnrolmentFactory,
    FunnelFactory,
    IdentityFactory,
    InvitationFactory,
    KindFactory,
    MembershipFactory,
    MilestoneFactory,
    PathwayFactory,
    SignalFactory,
    SourceFactory,
    TeamRiskFactory,
    UserFactory,
)


@dataclass
class World:
    """The rows, by the names that tests/policy.py uses; `part` gives what stands in an address."""

    team: Team
    rows: dict[str, Any] = field(default_factory=dict)

    def part(self, name: str) -> object:
        """The primary key, or the plain value."""
        row = self.rows[name]
        return getattr(row, "pk", row)


def world_of(team: Team) -> World:
    """Rows for every address of a team."""
    asker = MembershipFactory.create(team=team, role=Role.ACTIVATOR).user
    milestone = MilestoneFactory.create(stage=team.stage)
    criterion = CriterionFactory.create(stage=team.stage)
    pathway = PathwayFactory.create(team=team)
    source = SourceFactory.create(pathway=pathway)
    today = clock.today()
    hook = Hook.objects.create(source=SourceFactory.create(pathway=pathway, type="github"))
    person = IdentityFactory.create().contributor
    Team.objects.filter(pk=team.pk).update(has_public_badge=True)
    invited = InvitationFactory.create(team=team, invited_by=asker)
    change = AddressChangeFactory.create()
    delivery = Import.objects.create(source=source, file=ContentFile(b"x", "x"), filename="x.csv", sha256="0" * 64)
    return World(
        team,
        {
            "milestone": milestone,
            "criterion": criterion,
            "decision": enter(team, actor=None, on=team.entered_on).seq,
            "request": PromotionRequest.objects.create(team=team, stage=team.stage, requested_by=asker),
            "waiver": Waiver.objects.create(
                team=team,
                criterion=criterion,
                reason="Soon.",
                expires_on=today + timedelta(days=9),
                asked_by=asker,
            ),
            "risk": TeamRiskFactory.create(team=team),
            "signal": SignalFactory.create(team=team),
            "check_in": CheckInFactory.create(team=team),
            "comment": Comment.objects.create(team=team, milestone=milestone, text="One", by=asker),
            "case_study": CaseStudyFactory.create(team=team),
            "link": CaseStudyLinkFactory.create(case_study__team=team),
            "membership": MembershipFactory.create(team=team, role=Role.VIEWER),
            "invitation": _invitation(team),
            "invited": invited,
            "invitation_key": links.key_of(invited.nonce, purpose=letters.INVITATION),
            "address_key": links.key_of(change.nonce, purpose=letters.ADDRESS),
            "absence": AbsenceFactory.create(),
            "notification": Notification.objects.create(user=asker, team=team, kind="high_risk", cause="1", what="One"),
            "unsubscribe": mail_settings.token_of(asker, mail_settings.Sort.DIGEST),
            "pathway": pathway.slug,
            "steward": Steward.objects.create(pathway=pathway, user=asker, from_on=today),
            "funnel_link": FunnelLink.objects.create(
                pathway=pathway, funnel=FunnelFactory.create(), connected_on=today
            ),
            "iteration": Iteration.objects.create(pathway=pathway, on=today, what="One", why="Two", by=asker),
            "enrolment": EnrolmentFactory.create(pathway=pathway, contributor=person),
            "contributor": person,
            "identity": IdentityFactory.create(contributor=person, source=f"{BY_WORD}:{team.pk}"),
            "merge": ContributorEvent.objects.create(contributor=person, action="merge", detail=_merged()),
            "role": CommunityRoleFactory.create(team=team, contributor=person, confirmed_by=None),
            "mentorship": Mentorship.objects.create(
                role=CommunityRoleFactory.create(team=team, contributor=person, role=CommunityRole.Role.MENTOR),
                mentee=EnrolmentFactory.create(pathway=pathway).contributor,
                from_on=today,
            ),
            "source": source,
            "hook_source": hook.source,
            "hook": hook.address,
            "stream": SourceFactory.create(pathway=pathway, type="api"),
            "token": Token.objects.create(
                team=team, name="One", digest=f"{team.pk}".encode(), expires_on=today, made_by=asker
            ),
            "secret": HookSecret.objects.create(hook=hook, sealed=sealed("s" * 43), made_by=asker),
            "import": delivery,
            "figure": "new",
            "unknown_kind": KindFactory.create(key=f"unheard-of-{team.pk}", state=Kind.State.UNKNOWN),
            "measure": "leaders",
            "table": "gate",
        },
    )


def _merged() -> dict[str, object]:
    return {"from": IdentityFactory.create().contributor_id, "moved": {}, "dropped": []}


def _invitation(team: Team) -> Membership:
    return MembershipFactory.create(team=team, user=UserFactory.create(), role=Role.ACTIVATOR, accepted_at=None)
