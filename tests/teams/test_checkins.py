from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from lifecycle import clock
from teams import checkins
from teams.models import CheckIn
from teams.refusals import Refused
from tests.conftest import People


@pytest.mark.parametrize("name", ["activator", "partner", "admin"])
def test_a_check_in_is_kept(people: People, name: str) -> None:
    actor = getattr(people, name)
    kept = checkins.keep(people.team, actor=actor, note=" We spoke of the librarian. ")
    assert (kept.held_on, kept.note, kept.by) == (clock.today(), "We spoke of the librarian.", actor)


@pytest.mark.parametrize("name", ["viewer", "outsider"])
def test_who_has_no_role_keeps_none(people: People, name: str) -> None:
    with pytest.raises(PermissionDenied):
        checkins.keep(people.team, actor=getattr(people, name), note="We spoke.")


def test_it_has_been_held_and_says_something(people: People) -> None:
    with pytest.raises(Refused):
        checkins.keep(people.team, actor=people.partner, note="We spoke.", held_on=clock.today() + timedelta(days=1))
    with pytest.raises(Refused):
        checkins.keep(people.team, actor=people.partner, note=" ")
    with pytest.raises(Refused, match="four digits"):
        checkins.keep(people.team, actor=people.partner, note="We spoke.", held_on=date(26, 6, 17))
    assert not CheckIn.objects.exists()
