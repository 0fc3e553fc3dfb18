"""The read model of an account's own page."""

from dataclasses import dataclass

from teams import absences, invitations, people, profiles, second_factor
from teams.models import Absence, AddressChange, Invitation, Membership, User


@dataclass(frozen=True)
class AccountPage:
    """What an account holds, and what waits for it."""

    held: list[Membership]
    appointments: list[Membership]
    invitations: list[Invitation]
    absences: list[Absence]
    address_change: AddressChange | None
    has_second_factor: bool

    @property
    def waits(self) -> bool:
        """Something waits for an answer."""
        return bool(self.appointments or self.invitations)


def page_of(user: User) -> AccountPage:
    """Everything the page shows. Six queries."""
    held = Membership.objects.current().filter(user=user).select_related("team", "team__stage").order_by("team__name")
    return AccountPage(
        list(held),
        list(people.appointments(user)),
        list(invitations.waiting_for(user)),
        list(absences.to_come(user)),
        profiles.pending(user),
        second_factor.has(user),
    )
