"""The one door to a team, and what an account may do behind it."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest

from lifecycle import clock
from lifecycle.prepared import prepared
from teams.models import Membership, Role, Team, User, Watch


@dataclass(frozen=True)
class Access:
    """What one account may do on one team, read once. Verbs ask it again: a page's answer may be old."""

    user_id: int
    roles: frozenset[str]
    is_admin: bool
    team_state: str

    @property
    def can_read(self) -> bool:
        """Any role, or an admin. Retired teams stay readable."""
        return self.is_admin or bool(self.roles)

    @property
    def can_write(self) -> bool:
        """Whether anything of the team may change at all: a retired team is only read."""
        return self.can_read and self.team_state != Team.State.RETIRED

    @property
    def works(self) -> bool:
        """May do what an activator does."""
        return self.can_write and (self.is_admin or Role.ACTIVATOR in self.roles)

    @property
    def guides(self) -> bool:
        """May do what a CBT partner does."""
        return self.can_write and (self.is_admin or Role.PARTNER in self.roles)

    @property
    def can_tick(self) -> bool:
        """Starts milestones, marks them done or not applicable."""
        return self.works

    @property
    def can_verify(self) -> bool:
        """Verifies what somebody else marked done."""
        return self.guides

    @property
    def can_note(self) -> bool:
        """Adds a note or a link to a milestone, or takes a step back."""
        return self.works or self.guides

    @property
    def can_comment(self) -> bool:
        """Says something about a milestone or a check-in: every member."""
        return self.can_write

    @property
    def can_request(self) -> bool:
        """Asks for promotion, of an active team."""
        return self.works and self.team_state == Team.State.ACTIVE

    @property
    def can_decide(self) -> bool:
        """Promotes or declines, of an active team; never what the same account asked for."""
        return self.guides and self.team_state == Team.State.ACTIVE

    @property
    def can_step_back(self) -> bool:
        """Steps the team back to an earlier stage."""
        return self.can_decide

    @property
    def can_ask_waiver(self) -> bool:
        """Asks that a condition be set aside."""
        return self.works

    @property
    def can_grant_waiver(self) -> bool:
        """Grants or refuses a waiver that somebody else asked for."""
        return self.guides

    @property
    def can_confirm(self) -> bool:
        """Confirms in writing that a small baseline is sound."""
        return self.guides

    @property
    def can_edit_risks(self) -> bool:
        """Keeps the risk register."""
        return self.works or self.guides

    @property
    def can_check_in(self) -> bool:
        """Records a check-in."""
        return self.works or self.guides

    @property
    def can_tell(self) -> bool:
        """Writes, publishes and shares the team's case study, and makes its badge public."""
        return self.works or self.guides

    @property
    def can_run_pathways(self) -> bool:
        """Opens and edits pathways, steps and conversion points."""
        return self.works

    @property
    def can_edit_contributors(self) -> bool:
        """Affiliations, bot flags, community roles, merges."""
        return self.works

    @property
    def can_import(self) -> bool:
        """Connects sources and uploads data."""
        return self.works

    @property
    def appoints(self) -> tuple[Role, ...]:
        """The roles this account may give and take on the team."""
        if not self.can_write:
            return ()
        if self.is_admin:
            return (Role.VIEWER, Role.ACTIVATOR, Role.PARTNER)
        return (Role.VIEWER, Role.ACTIVATOR) if self.works or self.guides else ()


def access_to(user: User, team: Team) -> Access:
    """What the account may do on the team, from its current memberships. One query.

    A deactivated account has none; a membership that ended, has not begun or was not accepted gives nothing.
    """
    return Access(user.pk, frozenset(_roles(user, team, clock.today())), user.is_admin, team.state)


@prepared
def _roles(user: User, team: Team, today: date) -> QuerySet[Membership, str]:
    return Membership.objects.current(today).filter(user=user, team=team).values_list("role", flat=True)


def seen_by(user: User, team: Team) -> Access:
    """What the account may do, as `team_for` has read it with the team; asked for if it has not. For what is shown."""
    roles: list[str] | None = getattr(team, "reader_roles", None)
    return access_to(user, team) if roles is None else Access(user.pk, frozenset(roles), user.is_admin, team.state)


def team_for(request: HttpRequest, slug: str, *roles: Role) -> Team:
    """The team at an address, with its stage, the reader's roles and word on hearing of it. Each view begins here.

    Raises Http404 alike for a team that is not there and one that the account may not read, so that addresses
    tell nothing; PermissionDenied for a reader who holds none of `roles` (if any are named). Admins pass.
    """
    user = request.user
    if not isinstance(user, User):
        raise Http404
    team = _read.first(slug, user, clock.today(), is_admin=user.is_admin)
    if team is None:
        raise Http404
    if roles and not user.is_admin and seen_by(user, team).roles.isdisjoint(roles):
        raise PermissionDenied
    return team


@prepared
def _read(slug: str, user: User, today: date, *, is_admin: bool) -> QuerySet[Team]:
    """The team at an address if the account may read it, with what else `team_for` tells."""
    held = Membership.objects.current(today).filter(user=user, team=OuterRef("pk")).values("role")
    said = Watch.objects.filter(user=user, team=OuterRef("pk")).values("is_on")
    teams = Team.objects.all() if is_admin else Team.objects.of(user, today)
    found = teams.filter(slug=slug).select_related("stage")
    return found.annotate(reader_roles=ArraySubquery(held), reader_watches=Subquery(said))
