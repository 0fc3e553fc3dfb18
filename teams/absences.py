"""Absences: from when until when somebody is away. This module is their only writer.

Who has memberships puts the absence beside each (`beside`); who has accounts asks `away_among`.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils.translation import gettext as _

from lifecycle import clock
from teams.models import Absence, Membership, User
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused

#: Whoever is away for longer hands their roles over.
LONGEST: Final = timedelta(days=366)


def away_among(users: Iterable[int], on: date | None = None) -> dict[int, Absence]:
    """Of these accounts (ids) those who are away on a day (today by default), each with the absence. One query."""
    day = clock.today() if on is None else on
    rows = Absence.objects.filter(user__in=list(users), starts_on__lte=day, ends_on__gt=day)
    return {absence.user_id: absence for absence in rows}


def beside(memberships: "QuerySet[Membership]", on: date | None = None) -> "QuerySet[Membership]":
    """The memberships, each with its person's absence on a day (today by default); `of_row` reads it."""
    day = clock.today() if on is None else on
    lasts = Q(user__absences__starts_on__lte=day, user__absences__ends_on__gt=day)
    return memberships.annotate(
        absence=FilteredRelation("user__absences", condition=lasts),
        away_from=F("absence__starts_on"),
        away_until=F("absence__ends_on"),
        away_note=F("absence__note"),
    )


def of_row(membership: Any) -> Absence | None:
    """The absence that `beside` has put beside a membership. It is for reading."""
    if membership.away_from is None:
        return None
    return Absence(
        user=membership.user,
        starts_on=membership.away_from,
        ends_on=membership.away_until,
        note=membership.away_note,
    )


def to_come(user: User) -> QuerySet[Absence]:
    """The absences of an account that last or are still to come, the next one first."""
    return Absence.objects.filter(user=user, ends_on__gt=clock.today()).order_by("starts_on")


def announce(user: User, *, first: date, last: date, note: str = "") -> Absence:
    """The person says that they are away from the first to the last day.

    Raises Refused, and Conflict (with the row) if they are away on one of those days already.
    """
    if last < first:
        raise Refused(_("The last day away lies before the first."))
    if last < clock.today():
        raise Refused(_("These days are over."))
    if last - first >= LONGEST:
        raise Refused(_("An absence is a year at most. Hand your roles over if you leave for longer."))
    ends_on = last + timedelta(days=1)
    try:
        with transaction.atomic():
            return Absence.objects.create(user=user, starts_on=first, ends_on=ends_on, note=note.strip())
    except IntegrityError:
        there = Absence.objects.filter(user=user, starts_on__lt=ends_on, ends_on__gt=first).first()
        if there is None:
            raise
        raise Conflict(_("You are away on some of these days already. End that absence first."), there) from None


def come_back(absence: Absence, *, actor: User) -> None:
    """Ends an absence: from today the person is back; one that has not begun is forgotten. Twice changes nothing."""
    if absence.user_id != actor.pk:
        raise PermissionDenied
    today = clock.today()
    mine = Absence.objects.filter(pk=absence.pk)
    mine.filter(starts_on__gte=today).delete()
    mine.filter(starts_on__lt=today, ends_on__gt=today).update(ends_on=today)
