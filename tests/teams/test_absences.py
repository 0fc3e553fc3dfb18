"""Absences: whole days, never two on one, asked for by whoever reminds people."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import clock as days
from teams import absences
from teams.absences import Conflict, Refused
from teams.dashboard.people import crew_of
from teams.models import Absence, Membership, Role, User
from tests.conftest import TODAY, People
from tests.factories import AbsenceFactory, MembershipFactory

pytestmark = pytest.mark.django_db
NOW = TODAY.date()
WEEK = timedelta(days=7)


def is_away(user: User, on: date | None = None) -> bool:
    return user.pk in absences.away_among([user.pk], on)


@pytest.mark.usefixtures("clock")
def test_somebody_is_away_from_the_first_to_the_last_day(people: People) -> None:
    absences.announce(people.activator, first=NOW + WEEK, last=NOW + 2 * WEEK, note="Sea")
    away = {day: is_away(people.activator, NOW + timedelta(days=day)) for day in (6, 7, 14, 15)}
    assert away == {6: False, 7: True, 14: True, 15: False}
    assert not is_away(people.activator)
    assert set(absences.away_among([people.activator.pk, people.partner.pk], NOW + WEEK)) == {people.activator.pk}


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("first", "last"), [(3, 2), (-5, -1), (0, 366)])
def test_days_that_make_no_absence_are_refused(people: People, first: int, last: int) -> None:
    with pytest.raises(Refused):
        absences.announce(people.viewer, first=NOW + timedelta(days=first), last=NOW + timedelta(days=last))


@given(spans=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=8))
def test_nobody_is_away_twice_on_a_day(spans: list[tuple[int, int]]) -> None:
    """Against a plain set of days: what is told, and what the database alone holds."""
    with transaction.atomic():
        user = User.objects.create(username="away", email="away@people.example")
        taken: set[date] = set()
        for start, length in spans:
            first = days.today() + timedelta(days=start)
            asked = {first + timedelta(days=day) for day in range(length + 1)}
            if asked & taken:
                with pytest.raises(Conflict):
                    absences.announce(user, first=first, last=max(asked))
                with pytest.raises(IntegrityError), transaction.atomic():
                    Absence.objects.create(user=user, starts_on=first, ends_on=max(asked) + timedelta(days=1))
            else:
                absences.announce(user, first=first, last=max(asked))
                taken |= asked
        told = {days.today() + timedelta(days=day) for day in range(45)}
        assert {day for day in told if is_away(user, day)} == taken
        transaction.set_rollback(True)


def test_back_early_only_by_ones_own_word(people: People, clock: time_machine.Traveller) -> None:
    absence = absences.announce(people.activator, first=NOW, last=NOW + WEEK)
    later = absences.announce(people.activator, first=NOW + 3 * WEEK, last=NOW + 4 * WEEK)
    clock.shift(timedelta(days=2))
    with pytest.raises(PermissionDenied):
        absences.come_back(absence, actor=people.admin)
    for _ in range(2):
        absences.come_back(absence, actor=people.activator)
        absences.come_back(later, actor=people.activator)
    assert list(Absence.objects.values_list("starts_on", "ends_on")) == [(NOW, NOW + timedelta(days=2))]
    assert not is_away(people.activator)


def test_an_absence_has_its_dates_in_order(people: People) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AbsenceFactory.create(user=people.viewer, ends_on=days.today())


@pytest.mark.usefixtures("clock")
def test_while_the_holder_is_away_the_deputy_is_named(people: People) -> None:
    deputy = MembershipFactory.create(team=people.team, is_deputy=True, user__username="deputy").user
    assert crew_of(people.team).names(Role.ACTIVATOR) == "Activator Muster"
    absences.announce(people.activator, first=NOW, last=NOW + WEEK)
    assert crew_of(people.team).names(Role.ACTIVATOR) == "Deputy Muster"
    absences.announce(deputy, first=NOW, last=NOW)
    assert crew_of(people.team).names(Role.ACTIVATOR) == "Activator Muster (away until 24 Jun 2026)"
    for address in ("/teams/lantern/", "/teams/lantern/people/"):
        assert "away until 24 Jun 2026" in people.client("viewer").get(address).content.decode()


def test_a_team_with_one_editor_is_warned(people: People) -> None:
    told = "Only Activator Muster can tick"
    for address in ("/teams/lantern/", "/teams/lantern/people/"):
        assert told in people.client("partner").get(address).content.decode()
    waiting = MembershipFactory.create(team=people.team, is_deputy=True, accepted_at=None)
    assert told in people.client("partner").get("/teams/lantern/people/").content.decode(), "not before they accept"
    Membership.objects.filter(pk=waiting.pk).update(accepted_at=days.now())
    for address in ("/teams/lantern/", "/teams/lantern/people/"):
        assert told not in people.client("partner").get(address).content.decode()
    User.objects.filter(pk=waiting.user_id).update(is_active=False)
    assert told in people.client("partner").get("/teams/lantern/").content.decode(), "a closed account edits nothing"


def test_an_absence_is_announced_and_ended_on_the_account_page(people: People) -> None:
    client = people.client("activator")
    today = days.today()
    typed = {"first": today.isoformat(), "last": (today + WEEK).isoformat(), "note": "Sea"}
    assert client.post("/account/absences/", typed).status_code == 303
    again = client.post("/account/absences/", typed | {"note": "Hills"})
    assert (again.status_code, "Hills" in again.content.decode()) == (409, True)
    assert "Sea" in people.client("viewer").get("/teams/lantern/people/").content.decode()
    pk = Absence.objects.get().pk
    assert people.client("partner").post(f"/account/absences/{pk}/end/").status_code == 404
    assert client.post(f"/account/absences/{pk}/end/").status_code == 303
    assert not is_away(people.activator)
