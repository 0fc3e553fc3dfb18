"""What people are told, in the transaction of what happened: the one writer of Notification.

Nobody hears of what they did themselves, of one cause twice, or of a team that they may not read.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from lifecycle import clock, jobs
from lifecycle.prepared import prepared
from teams import watching
from teams.models import Membership, Notification, Team, User

Kind = Notification.Kind

#: What an e-mail is sent of at once, to who wants that: what waits for a decision, a decision, a changed gate.
AT_ONCE: Final = frozenset(
    {
        Kind.ASKED,
        Kind.PROMOTED,
        Kind.DECLINED,
        Kind.STEPPED_BACK,
        Kind.GATE_OPEN,
        Kind.GATE_CLOSED,
        Kind.GATE_UNDECIDED,
        Kind.WAIVER_GRANTED,
        Kind.WAIVER_REFUSED,
    }
)
OWN: Final = frozenset(kind for kind in Kind if kind.is_own)
#: So long something is told: whoever is away for longer has handed their roles over (teams/absences.py). What happened
#: itself stays in the team's history.
KEPT: Final = timedelta(days=366)
REMINDERS: Final = frozenset({Kind.SILENT, Kind.LONG_SILENT})


def tell(
    team: Team,
    kind: Kind,
    *,
    cause: object,
    actor: User | None = None,
    what: object = "",
    place: str = "",
    to: Iterable[User] | None = None,
) -> None:
    """Tell those who watch the team, or `to`, what somebody did, or what came about by itself.

    Call it in the transaction of the cause. Told again, or by two at once, it is told once.
    """
    everybody = watching.now_watching(team, clock.today()) if to is None else to
    told = [user for user in everybody if actor is None or user.pk != actor.pk]
    if not told:
        return
    Notification.objects.bulk_create(
        [
            Notification(user=user, team=team, kind=kind, cause=str(cause), actor=actor, what=str(what), place=place)
            for user in sorted(told, key=lambda user: user.pk)  # two tellers at once wait for each other in one order
        ],
        ignore_conflicts=True,
    )
    if kind in AT_ONCE | REMINDERS:
        for pk in _to_mail(team, kind, str(cause)):
            jobs.ask("mail", str(pk))


@prepared
def _to_mail(team: Team, kind: Kind, cause: str) -> QuerySet[Notification, int]:
    waiting = Notification.objects.filter(team=team, kind=kind, cause=cause, mailed_at=None)
    return waiting.order_by("pk").values_list("pk", flat=True)


def of(user: User) -> QuerySet[Notification]:
    """What the account was told and may still read: nothing of teams that it has left, but that somebody took its own
    role over; and open invitations.
    """
    return _told(user, clock.today(), is_admin=user.is_admin)


def _told(user: User, today: date, *, is_admin: bool) -> QuerySet[Notification]:
    invited = Q(kind=Kind.INVITED, team__in=Membership.objects.waiting().filter(user=user).values("team"))
    readable = ~Q(kind=Kind.INVITED) if is_admin else ~Q(kind=Kind.INVITED) & Q(team__in=Team.objects.of(user, today))
    return Notification.objects.filter(readable | invited | Q(kind=Kind.TAKEN_OVER), user=user)


def unread(user: User) -> QuerySet[Notification]:
    """What of that has not been read."""
    return of(user).filter(read_at=None)


def number_of_unread(user: User) -> int:
    """Its count, which is on every page: one query, by an index of the unread alone."""
    return _unread.first(user, clock.today(), is_admin=user.is_admin) or 0


@prepared
def _unread(user: User, today: date, *, is_admin: bool) -> QuerySet[Notification, int]:
    found = _told(user, today, is_admin=is_admin).filter(read_at=None)
    return found.values("user").annotate(number=Count("pk")).order_by().values_list("number", flat=True)


def read(user: User, *, pk: int | None = None, until: int | None = None) -> None:
    """The account has read one, or everything up to one; what came after its page was made stays unread."""
    chosen = Q(pk=pk) if pk is not None else Q(pk__lte=until)
    Notification.objects.filter(chosen, user=user, read_at=None).update(read_at=Now())


def mailed(pks: Iterable[int]) -> None:
    """These have gone out by e-mail."""
    Notification.objects.filter(pk__in=list(pks)).update(mailed_at=Now())


def forget() -> int:
    """Let go of what happened so long ago that nobody looks for it here; of how many."""
    return Notification.objects.filter(at__lt=Now() - KEPT).delete()[0]
