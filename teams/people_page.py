"""The read model of the people of a team: who holds what, who is away, and what waits for an answer."""

from collections import Counter
from dataclasses import dataclass

from teams import absences, invitations, people
from teams.access import Access
from teams.models import Absence, Invitation, Membership, Role, Team, User


@dataclass(frozen=True)
class MemberRow:
    """One role of one person. `passing` is the open hand-over of it; `is_alone`: nobody else of the team holds it."""

    membership: Membership
    away: Absence | None
    is_held: bool
    is_alone: bool
    can_end: bool
    passing: Invitation | None

    @property
    def can_hand_over(self) -> bool:
        """Held now, not on its way already, and more than reading."""
        return self.can_end and self.is_held and self.passing is None and self.membership.role != Role.VIEWER


@dataclass(frozen=True)
class InvitationRow:
    """One invitation that waits."""

    invitation: Invitation
    has_expired: bool


@dataclass(frozen=True)
class PeoplePage:
    """The people of a team, for one reader. Whom an address belongs to is for those who appoint. `lacking` is the role
    that the next invitation is likely of: one that nobody holds or is asked to, else another activator.
    """

    members: list[MemberRow]
    invitations: list[InvitationRow]
    only_editor: User | None
    lacking: Role


def page_of(team: Team, access: Access) -> PeoplePage:
    """Everything the page shows to this reader, in three queries."""
    held = list(people.of_team(team))
    away = absences.away_among({each.user_id for each in held})
    waiting = list(invitations.of_team(team))
    passing = {each.replaces_id: each for each in waiting if not invitations.has_expired(each)}
    asked = {each.role for each in held} | {each.role for each in waiting}
    holders = Counter(each.role for each in held if each.role != Role.VIEWER and people.is_held(each))
    editors = {each.user_id: each.user for each in held if each.role == Role.ACTIVATOR and people.is_held(each)}
    return PeoplePage(
        [
            MemberRow(
                each,
                away.get(each.user_id),
                is_held=people.is_held(each),
                is_alone=people.is_held(each) and holders[each.role] == 1,
                can_end=each.role in access.appoints or each.user_id == access.user_id,
                passing=passing.get(each.pk),
            )
            for each in held
        ],
        [InvitationRow(each, invitations.has_expired(each)) for each in waiting] if access.appoints else [],
        next(iter(editors.values())) if len(editors) == 1 else None,
        next((role for role in (Role.PARTNER, Role.ACTIVATOR) if role not in asked), Role.ACTIVATOR),
    )
