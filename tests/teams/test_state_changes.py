"""When a team was paused: told by the database whoever writes it, and shown on its way through the stages."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from teams.dashboard.band import band_of, ways_of
from teams.models import StateChange, Team
from teams.promotion import enter
from teams.standings import Period, periods
from tests.conftest import People
from tests.factories import TeamFactory

FIRST = date(2026, 1, 1)
states = st.sampled_from(list(Team.State))


@pytest.mark.django_db
def test_the_database_tells_each_change_whoever_writes_it(people: People) -> None:
    Team.objects.filter(pk=people.team.pk).update(state=Team.State.PAUSED)
    Team.objects.filter(pk=people.team.pk).update(state=Team.State.PAUSED)  # it is already
    with connection.cursor() as cursor:
        cursor.execute("UPDATE teams_team SET state = 'active' WHERE id = %s", [people.team.pk])
    people.team.refresh_from_db()
    people.team.name = "Another"
    people.team.save()
    told = StateChange.objects.filter(team=people.team)
    assert [change.state for change in told] == [Team.State.PAUSED, Team.State.ACTIVE]


@pytest.mark.django_db
def test_a_team_that_begins_paused_is_told_and_an_active_one_is_not() -> None:
    paused, active = TeamFactory.create(state=Team.State.PAUSED), TeamFactory.create()
    assert StateChange.objects.get(team=paused).state == Team.State.PAUSED
    assert not StateChange.objects.filter(team=active).exists()


@pytest.mark.django_db
def test_what_was_told_stays(people: People) -> None:
    change = StateChange.objects.create(team=people.team, state=Team.State.PAUSED, on=FIRST)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        StateChange.objects.update(on=FIRST + timedelta(days=1))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change.delete()


@given(st.lists(st.tuples(st.integers(0, 4), states), max_size=8))
def test_periods_are_the_days_on_which_a_plain_loop_finds_the_team_not_active(
    told: list[tuple[int, Team.State]],
) -> None:
    day, changes = FIRST, []
    for days, state in told:
        day += timedelta(days=days)
        changes.append(StateChange(state=state, on=day))
    found = periods(changes)
    for number in range(40):
        asked = FIRST + timedelta(days=number)
        held = [change.state for change in changes if change.on <= asked]
        state = Team.State(held[-1]) if held else Team.State.ACTIVE
        on = [each.state for each in found if each.first <= asked and (each.until is None or asked < each.until)]
        assert on == ([] if state == Team.State.ACTIVE else [state])


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_the_way_shows_stays_and_pauses(people: People) -> None:
    enter(people.team, actor=None, on=FIRST)
    StateChange.objects.create(team=people.team, state=Team.State.PAUSED, on=date(2026, 3, 1))
    StateChange.objects.create(team=people.team, state=Team.State.ACTIVE, on=date(2026, 4, 1))
    (way,) = ways_of([people.team])
    assert way.periods == [Period(Team.State.PAUSED, date(2026, 3, 1), date(2026, 4, 1))]
    chart = band_of([way])
    assert chart is not None
    assert [part.words for part in chart.drawn.rows[0].veils] == ["paused from 1 Mar 2026 to 1 Apr 2026"]
    page = people.client("viewer").get("/teams/lantern/history/").content.decode()
    for words in ("Lantern: 136 days on the way through the stages", "31 more paused", "Hatched: paused or retired"):
        assert words in page, words


@pytest.mark.django_db
def test_a_team_without_a_record_has_no_band(people: People) -> None:
    assert band_of(ways_of([people.team])) is None
    assert "No record yet." in people.client("viewer").get("/teams/lantern/history/").content.decode()
