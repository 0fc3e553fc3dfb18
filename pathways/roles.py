"""Community roles: librarian, mentor, leader, core contributor, pathway steward. A role counts once confirmed."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lifecycle import clock
from pathways.contributors import log
from pathways.models import CommunityRole, Contributor, Mentorship
from pathways.presence import takes_part
from pathways.rights import knowing, not_after_today
from teams.access import access_to
from teams.models import Team, User
from teams.promotion import held
from teams.refusals import Conflict, Refused


def of(contributor: Contributor, team: Team) -> QuerySet[CommunityRole]:
    """What a person is and was in a team's community, the latest first."""
    roles = CommunityRole.objects.filter(contributor=contributor, team=team)
    return roles.select_related("confirmed_by").prefetch_related("mentorships__mentee").order_by("-from_on", "-pk")


def give(
    contributor: Contributor, *, actor: User, team: Team, role: CommunityRole.Role, from_on: date | None = None
) -> CommunityRole:
    """Gives a person of the team a role, from today by default; it counts once somebody has confirmed it.

    Raises PermissionDenied, Refused (a bot, a day that has not come), Busy, and Conflict (with the role) if the
    person holds it already.
    """
    with knowing(team, actor, contributor):
        if contributor.is_bot:
            raise Refused(_("%(person)s is flagged as a bot.") % {"person": contributor})
        day = not_after_today(from_on)
        runs = Q(until_on__isnull=True) | Q(until_on__gt=day)
        there = CommunityRole.objects.filter(runs, contributor=contributor, team=team, role=role).first()
        if there is not None:
            raise Conflict(_("%(person)s holds this role already.") % {"person": contributor}, there)
        given = CommunityRole.objects.create(contributor=contributor, team=team, role=role, from_on=day)
        log(contributor, "role given", actor=actor, team=team, role=role, **{"from": day.isoformat()})
        return given


def confirm(role: CommunityRole, *, actor: User) -> CommunityRole:
    """Vouches for a role: an activator or a partner of the team. From now on it counts, since its first day.

    Raises PermissionDenied, Conflict (confirmed or ended meanwhile), Busy.
    """
    with held(role.team) as team:
        access = access_to(actor, team)
        if not (access.works or access.guides):
            raise PermissionDenied
        fresh = _open(role)
        if fresh.confirmed_by_id is not None:
            raise Conflict(_("This role is confirmed already."), fresh)
        fresh.confirmed_by = actor
        fresh.save(update_fields=["confirmed_by"])
        log(fresh.contributor, "role confirmed", actor=actor, team=team, role=fresh.role)
        return fresh


def end(role: CommunityRole, *, actor: User, on: date | None = None) -> None:
    """Ends a role: `on` (today by default) is the first day without it. Its mentorships end with it.

    A role that would have run on no day is taken back altogether. Raises PermissionDenied, Conflict (ended
    meanwhile), Busy.
    """
    with knowing(role.team, actor):
        fresh = _open(role)
        day = on or clock.today()
        if day <= fresh.from_on:
            fresh.delete()
        else:
            fresh.until_on = day
            fresh.save(update_fields=["until_on"])
            _running(fresh.mentorships.all(), day).update(until_on=day)
        log(fresh.contributor, "role ended", actor=actor, team=role.team, role=fresh.role, on=day.isoformat())


def add_mentee(role: CommunityRole, *, actor: User, mentee: Contributor, from_on: date | None = None) -> Mentorship:
    """Gives a mentor somebody to look after. Raises PermissionDenied, Refused, Busy, Conflict (with the row)."""
    with knowing(role.team, actor) as team:
        fresh = _open(role)
        if fresh.role != CommunityRole.Role.MENTOR:
            raise Refused(_("Only a mentor has mentees."))
        if mentee.pk == fresh.contributor_id:
            raise Refused(_("Nobody is their own mentee."))
        if not takes_part(mentee, team):
            raise Refused(_("%(person)s takes no part in the team.") % {"person": mentee})
        day = max(not_after_today(from_on), fresh.from_on)
        there = Mentorship.objects.filter(role=fresh, mentee=mentee).first()
        if there is not None and there.until_on is None:
            raise Conflict(_("%(person)s is a mentee already.") % {"person": mentee}, there)
        if there is not None:  # again: one row for a pair, its days run from the first to the last
            there.until_on = None
            there.save(update_fields=["until_on"])
            return there
        return Mentorship.objects.create(role=fresh, mentee=mentee, from_on=day)


def end_mentorship(mentorship: Mentorship, *, actor: User, on: date | None = None) -> None:
    """Ends a mentorship, today by default. Doing it twice changes nothing."""
    with knowing(mentorship.role.team, actor):
        day = on or clock.today()
        _running(Mentorship.objects.filter(pk=mentorship.pk), day).update(until_on=day)


def _open(role: CommunityRole) -> CommunityRole:
    fresh = CommunityRole.objects.select_related("contributor", "team").filter(pk=role.pk).first()
    if fresh is None or (fresh.until_on is not None and fresh.until_on <= clock.today()):
        raise Conflict(_("This role has ended already."), fresh)
    return fresh


def _running(mentorships: QuerySet[Mentorship], day: date) -> QuerySet[Mentorship]:
    return mentorships.filter(Q(until_on__isnull=True) | Q(until_on__gt=day))
