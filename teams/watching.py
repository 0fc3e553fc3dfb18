"""Who hears of a team: whoever works with it, unless they say no, and every other reader who says yes."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from lifecycle import clock
from lifecycle.prepared import prepared
from teams.access import access_to, seen_by
from teams.models import Membership, Role, Team, User, Watch

#: Whoever holds one of these works with the team, and watches it by default.
WORKING = (Role.ACTIVATOR, Role.PARTNER)


def watch(team: Team, *, actor: User, is_on: bool) -> None:
    """The actor's own word on the team. Raises PermissionDenied for who may not read it."""
    if not access_to(actor, team).can_read:
        raise PermissionDenied
    Watch.objects.update_or_create(team=team, user=actor, defaults={"is_on": is_on})


def watchers(team: Team) -> QuerySet[User]:
    """The accounts that hear of the team: watching, not closed, and still allowed to read it."""
    return _of(team, clock.today())


@prepared
def now_watching(team: Team, today: date) -> QuerySet[User]:
    """The same, as a list."""
    return _of(team, today)


def _of(team: Team, today: date) -> QuerySet[User]:
    held = Membership.objects.current(today).filter(team=team)
    said = Watch.objects.filter(team=team)
    works = Q(pk__in=held.filter(role__in=WORKING).values("user"))
    wants = Q(pk__in=said.filter(is_on=True).values("user")) & (Q(is_staff=True) | Q(pk__in=held.values("user")))
    return User.objects.filter(works & ~Q(pk__in=said.filter(is_on=False).values("user")) | wants, is_active=True)


def watched_by(user: User) -> QuerySet[Team]:
    """The teams that the account hears of: the same rule, seen from the other side."""
    works = Membership.objects.current().filter(user=user, role__in=WORKING)
    said = Watch.objects.filter(user=user)
    return Team.objects.visible_to(user).filter(
        Q(pk__in=works.values("team")) & ~Q(pk__in=said.filter(is_on=False).values("team"))
        | Q(pk__in=said.filter(is_on=True).values("team"))
    )


def is_watching(user: User, team: Team) -> bool:
    """Whether the account hears of the team: the same rule for one. No query of a team that `team_for` has read."""
    access = seen_by(user, team)
    word: bool | None = (
        team.reader_watches
        if hasattr(team, "reader_watches")
        else Watch.objects.filter(team=team, user=user).values_list("is_on", flat=True).first()
    )
    return not access.roles.isdisjoint(WORKING) if word is None else word and access.can_read
