"""Stewards: who looks after a pathway. An account or a contributor, with dates."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lifecycle import clock
from pathways.models import Contributor, Pathway, Steward
from pathways.presence import takes_part
from pathways.rights import not_after_today, running
from teams.access import access_to
from teams.models import Team, User
from teams.refusals import Conflict, Refused


def current(pathway: Pathway, on: date | None = None) -> QuerySet[Steward]:
    """Who looks after it on a day (today by default)."""
    day = on or clock.today()
    return (
        Steward.objects.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), pathway=pathway, from_on__lte=day)
        .select_related("user", "contributor")
        .order_by("from_on", "pk")
    )


def appoint(
    pathway: Pathway,
    *,
    actor: User,
    user: User | None = None,
    contributor: Contributor | None = None,
    on: date | None = None,
) -> Steward:
    """Makes an account or a contributor (one of the two) a steward, from today by default.

    Raises PermissionDenied, Refused (somebody who is not of the team, a day that has not come), Busy, and Conflict
    (with the row) for somebody who is a steward already.
    """
    if (user is None) == (contributor is None):
        raise TypeError("a steward is an account or a contributor")
    with running(pathway.team, actor) as team:
        if user is not None and not (user.is_active and access_to(user, team).can_read):
            raise Refused(_("%(person)s is not a member of the team.") % {"person": user})
        if contributor is not None and (contributor.is_bot or not takes_part(contributor, team)):
            raise Refused(_("%(person)s takes no part in the team.") % {"person": contributor})
        there = Steward.objects.filter(pathway=pathway, user=user, contributor=contributor, until_on=None).first()
        if there is not None:
            raise Conflict(_("%(person)s looks after this pathway already.") % {"person": there}, there)
        return Steward.objects.create(pathway=pathway, user=user, contributor=contributor, from_on=not_after_today(on))


def end(steward: Steward, *, actor: User, on: date | None = None) -> Steward:
    """Ends a stewardship: `on` (today by default) is the first day without it. Doing it twice changes nothing."""
    with running(steward.pathway.team, actor):
        fresh = Steward.objects.select_related("user", "contributor").get(pk=steward.pk)
        if fresh.until_on is None:
            fresh.until_on = max(on or clock.today(), fresh.from_on)
            fresh.save(update_fields=["until_on"])
        return fresh


def kept_by(team: Team, user: User) -> list[str]:
    """The pathways that an account looks after."""
    return [str(steward.pathway) for steward in _of_account(team, user)]


def pass_on(team: Team, old: User, new: User) -> None:
    """Gives somebody's pathways to another account, in the transaction of a hand-over that holds the team's row."""
    today = clock.today()
    for steward in _of_account(team, old):
        steward.until_on = max(today, steward.from_on)
        steward.save(update_fields=["until_on"])
        if not _of_account(team, new).filter(pathway=steward.pathway_id).exists():
            Steward.objects.create(pathway=steward.pathway, user=new, from_on=today)


def _of_account(team: Team, user: User) -> QuerySet[Steward]:
    return Steward.objects.filter(pathway__team=team, user=user, until_on__isnull=True).select_related("pathway")
