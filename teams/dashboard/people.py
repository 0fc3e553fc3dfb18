"""Who works with a team, as the dashboard names them."""

from collections.abc import Iterable
from dataclasses import dataclass

from teams.models import Membership, Role, Team, User


@dataclass(frozen=True)
class Crew:
    """The people of a team by role, deputies last."""

    activators: tuple[Membership, ...]
    partners: tuple[Membership, ...]

    def names(self, role: Role) -> str:
        """The people of a role by name, for "whose move" ("" if nobody holds it)."""
        held = self.activators if role == Role.ACTIVATOR else self.partners
        return ", ".join(str(each.user) for each in held if not each.is_deputy) or ", ".join(
            str(each.user) for each in held
        )


def crew_of(team: Team) -> Crew:
    """The team's current activators and partners. One query."""
    return crews_of([team])[team.pk]


def crews_of(teams: Iterable[Team]) -> dict[int, Crew]:
    """The crews of many teams, by the team's id, in one query."""
    teams = list(teams)
    held: dict[int, list[Membership]] = {team.pk: [] for team in teams}
    rows = Membership.objects.current().filter(team__in=teams, role__in=[Role.ACTIVATOR, Role.PARTNER])
    for membership in rows.select_related("user").order_by("is_deputy", "starts_on", "id"):
        held[membership.team_id].append(membership)
    return {
        pk: Crew(
            tuple(each for each in members if each.role == Role.ACTIVATOR),
            tuple(each for each in members if each.role == Role.PARTNER),
        )
        for pk, members in held.items()
    }


def is_move_of(user: User, crew: Crew, role: str) -> bool:
    """Whether a move of a role is this person's own."""
    held = crew.activators if role == Role.ACTIVATOR else crew.partners if role == Role.PARTNER else ()
    return any(each.user_id == user.pk for each in held) or (role == "admin" and user.is_admin)
