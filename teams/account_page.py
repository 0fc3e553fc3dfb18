"""The read model of an account's own page."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.tables import Table
from teams import absences, invitations, people, profiles, second_factor
from teams.models import Absence, AddressChange, Invitation, Membership, User
from teams.tables import yes


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


def held_by(user: User) -> list[Membership]:
    """The account's roles, by team."""
    held = Membership.objects.current().filter(user=user).select_related("team", "team__stage")
    return list(held.order_by("team__name"))


def roles_of(user: User) -> Table:
    """The same, to be taken along."""
    heads = [_("Team"), _("Role"), _("Deputy"), _("Stage"), _("From")]
    rows = [
        (str(each.team), each.get_role_display(), yes(each.is_deputy), each.team.stage.name, each.starts_on)
        for each in held_by(user)
    ]
    return Table("your-roles", heads, rows, clock.today())


def page_of(user: User) -> AccountPage:
    """Everything the page shows. Six queries."""
    return AccountPage(
        held_by(user),
        list(people.appointments(user)),
        list(invitations.waiting_for(user)),
        list(absences.to_come(user)),
        profiles.pending(user),
        second_factor.has(user),
    )
