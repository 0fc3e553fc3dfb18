"""Check-ins kept between partner and activator."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from lifecycle import clock
from teams.access import access_to
from teams.models import CheckIn, Team, User
from teams.refusals import Refused as Refused


def keep(team: Team, *, actor: User, note: str, held_on: date | None = None) -> CheckIn:
    """Records a check-in held on a day, today by default. Raises PermissionDenied or Refused."""
    if not access_to(actor, team).can_check_in:
        raise PermissionDenied
    day = held_on or clock.today()
    if day > clock.today():
        raise Refused(_("A check-in is recorded once it has been held."))
    if day < clock.FIRST_DAY:
        raise Refused(_("That day lies before 1970. Write the year with its four digits."))
    if not note.strip():
        raise Refused(_("Write a line on what was said."))
    return CheckIn.objects.create(team=team, held_on=day, note=note.strip(), by=actor)
