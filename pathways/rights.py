"""Who may write about a team's pathways and people, asked behind the team's lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from lifecycle import clock
from pathways.models import Contributor
from pathways.presence import takes_part
from teams.access import access_to
from teams.models import Team, User
from teams.promotion import held
from teams.refusals import Refused


@contextmanager
def running(team: Team, actor: User) -> Iterator[Team]:
    """A transaction that holds the team's row, for somebody who runs its pathways.

    Raises PermissionDenied for others, and Busy if somebody holds the row for long.
    """
    with held(team) as locked:
        if not access_to(actor, locked).can_run_pathways:
            raise PermissionDenied
        yield locked


@contextmanager
def knowing(team: Team, actor: User, *contributors: Contributor) -> Iterator[Team]:
    """A transaction that holds the team's row, for somebody who keeps its contributors, about some of them.

    Raises as `running`, and PermissionDenied also for somebody who takes no part in the team: what one team knows
    of a person is not another's to change.
    """
    with held(team) as locked:
        if not access_to(actor, locked).can_edit_contributors:
            raise PermissionDenied
        if not all(takes_part(contributor, locked) for contributor in contributors):
            raise PermissionDenied
        yield locked


def not_after_today(on: date | None) -> date:
    """The day, today by default. Raises Refused for one that has not come, or lies before 1970."""
    today = clock.today()
    if on is not None and on > today:
        raise Refused(_("That day has not come yet."))
    return not_before_1970(on or today)


def not_before_1970(day: date) -> date:
    """The day. Raises Refused for an earlier one: a year typed as 26 would be counted week by week ever since."""
    if day < clock.FIRST_DAY:
        raise Refused(_("That day lies before 1970. Write the year with its four digits."))
    return day
