"""Who works with a team, as the dashboard names them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.days import in_words
from lifecycle.prepared import prepared
from teams import absences
from teams.models import Absence, Membership, Role, Team, User

#: Those who work with a team, in the order of a crew.
ROLES = (Role.ACTIVATOR, Role.PARTNER)


@dataclass(frozen=True)
class Worker:
    """One of them, and their absence if they are away today."""

    user: User
    is_deputy: bool
    away: Absence | None = None

    @property
    def name(self) -> str:
        """The name, and until when they are away."""
        if self.away is None:
            return str(self.user)
        words = {"person": self.user, "day": in_words(self.away.last_day)}
        return _("%(person)s (away until %(day)s)") % words


@dataclass(frozen=True)
class Crew:
    """The people of a team by role, deputies last."""

    activators: tuple[Worker, ...]
    partners: tuple[Worker, ...]

    def of_role(self, role: str) -> tuple[Worker, ...]:
        """Its holders and deputies."""
        return self.activators if role == Role.ACTIVATOR else self.partners if role == Role.PARTNER else ()

    def in_charge(self, role: str) -> list[Worker]:
        """Whose move is named: the holders', while they are away their deputies', and if nobody is here all theirs."""
        held = self.of_role(role)
        here = [each for each in held if each.away is None]
        holders = [each for each in here if not each.is_deputy]
        return holders or here or [each for each in held if not each.is_deputy] or list(held)

    def names(self, role: str) -> str:
        """Whose move it is, by name ("" if nobody holds the role)."""
        return ", ".join(each.name for each in self.in_charge(role))

    @property
    def only_editor(self) -> Worker | None:
        """The one person who can tick and bring data in, if there is only one; deputies count."""
        return self.activators[0] if len({each.user.pk for each in self.activators}) == 1 else None


def crew_of(team: Team) -> Crew:
    """The team's current activators and partners. One query."""
    return crews_of([team])[team.pk]


def crews_of(teams: Iterable[Team]) -> dict[int, Crew]:
    """The crews of some teams, by the team's id. One query."""
    held: dict[tuple[int, str], list[Worker]] = defaultdict(list)
    teams = list(teams)
    for each in _held(teams, clock.today()):
        held[each.team_id, each.role].append(Worker(each.user, each.is_deputy, absences.of_row(each)))
    return {team.pk: Crew(*(tuple(held[team.pk, role]) for role in ROLES)) for team in teams}


@prepared
def _held(teams: Iterable[Team], today: date) -> QuerySet[Membership]:
    held = Membership.objects.current(today).filter(team__any=teams, role__in=ROLES)
    return absences.beside(held, today).select_related("user").order_by("is_deputy", "starts_on", "id")


def is_move_of(user: User, crew: Crew, role: str) -> bool:
    """Whether a move of a role is this person's own. A deputy may make it too, whoever is here."""
    return any(each.user.pk == user.pk for each in crew.of_role(role)) or (role == "admin" and user.is_admin)
