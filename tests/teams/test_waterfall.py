"""The waterfall adds up between any two weeks, whichever of them a statement writes."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from teams.models import Team, WeeklyCount
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)
FIRST = date(2026, 1, 4)
STOCKS = [1, 3, 3, 2, 2, 4]
#: Levels are cumulative: so far apart, one may be wrong and still be below the one beneath it.
APART = {"casual": 20, "active": 10, "core": 0}


def rows(team: Team, stocks: Sequence[int], *, population: str = "volunteers", pathway: int = 0) -> list[WeeklyCount]:
    """Weeks that add up, from nothing."""
    found = []
    before = dict.fromkeys(APART, 0)
    for place, stock in enumerate(stocks):
        week = FIRST + place * WEEK
        levels = {level: stock + more for level, more in APART.items()}
        flows = {f"{level}_{flow}": 0 for level in APART for flow in ("converted", "returned", "lapsed")}
        for level, now in levels.items():
            flows[f"{level}_converted" if now > before[level] else f"{level}_lapsed"] = abs(now - before[level])
        key = {"team": team, "pathway_id": pathway, "population": population}
        found.append(WeeklyCount(**key, week=week, counted_to=week, new=0, **levels, **flows))
        before = levels
    return found


def refused(written: Sequence[WeeklyCount]) -> bool:
    """Whether the database refuses the rows of one statement."""
    try:
        with transaction.atomic():
            WeeklyCount.objects.bulk_create(written)
    except IntegrityError as error:
        return "does not add up" in str(error)
    return False


@pytest.mark.parametrize("first", range(len(STOCKS)), ids=lambda place: f"from week {place}")
@pytest.mark.parametrize("level", APART)
def test_a_week_that_is_wrong_is_refused_wherever_it_stands(level: str, first: int) -> None:
    """Against a week of the same statement, the week stored before it, and the one stored after it."""
    team = TeamFactory.create()
    others = rows(TeamFactory.create(), STOCKS) + rows(team, STOCKS, population="people") + rows(team, [5], pathway=7)
    assert not refused(others)
    assert not refused(rows(team, STOCKS)[:first])
    for wrong in range(first, len(STOCKS)):
        written = rows(team, STOCKS)[first:]
        setattr(written[wrong - first], level, getattr(written[wrong - first], level) + 1)
        assert refused(written)
    later = rows(team, STOCKS)[first + 1 :]
    if later:
        setattr(later[0], f"{level}_returned", 1)
        assert refused(later)
    assert not refused(rows(team, STOCKS)[first:])


def test_a_week_is_held_to_a_later_one_that_was_there_first() -> None:
    team = TeamFactory.create()
    whole = rows(team, STOCKS)
    WeeklyCount.objects.bulk_create(rows(team, [2, 2]))
    stored = WeeklyCount.objects.filter(team=team)
    assert stored.update(week=F("week") + 3 * WEEK, counted_to=F("counted_to") + 3 * WEEK) == 2
    assert refused(whole[:3])
    assert not refused(whole[:2])  # a week apart


@pytest.mark.parametrize("place", [0, 2, 5])
def test_a_change_of_one_week_is_held_to_its_neighbours(place: int) -> None:
    team = TeamFactory.create()
    WeeklyCount.objects.bulk_create(rows(team, STOCKS))
    one = WeeklyCount.objects.filter(team=team, week=FIRST + place * WEEK)
    with pytest.raises(IntegrityError, match="does not add up"), transaction.atomic():
        one.update(active=F("active") + 1)
    more = {"active": F("active") + 1, "active_converted": F("active_converted") + 1}
    if place < 5:  # it would add up by itself, and no longer with the week after it
        with pytest.raises(IntegrityError, match="does not add up"), transaction.atomic():
            one.update(**more)
    else:
        one.update(**more)


def test_weeks_far_from_each_other_in_one_statement_are_each_held() -> None:
    team = TeamFactory.create()
    WeeklyCount.objects.bulk_create(rows(team, STOCKS))
    far = WeeklyCount.objects.filter(team=team, week__in=[FIRST, FIRST + 4 * WEEK])
    with pytest.raises(IntegrityError, match="does not add up"), transaction.atomic():
        far.update(core=F("core") + 1, core_returned=F("core_returned") + 1)
    assert far.update(core_returned=F("core_returned") + 1, core_lapsed=F("core_lapsed") + 1) == 2
