"""Conversion rates and times to a level, against the plain loop of tests/oracle.py, and the edges by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given

from metrics.cohorts import WITHIN, Asked, cohort_of, journeys, latest_final, rates, times
from metrics.models.source import FIRST_DAY
from pathways.models import Level, Pathway
from tests import oracle
from tests.factories import ContributorFactory, PathwayFactory, PointFactory
from tests.metrics.acts import act, rebuild
from tests.metrics.histories import Past, as_ofs, crowds, quickly, rule_sets

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WAYS = [(begun, came) for begun in Level for came in Level if begun < came]
COHORT = cohort_of(date(2026, 1, 1))


def walkable() -> Pathway:
    """Casual from one act, active from two."""
    pathway = PathwayFactory.create()
    PointFactory.create(pathway=pathway, level=Level.CASUAL, n=1, w=365)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=2, w=365)
    return pathway


@quickly
@given(rule_sets, crowds, as_ofs)
def test_rates_and_times_are_what_a_loop_over_people_and_days_finds(
    rules: dict[str, list[oracle.Rule]], crowd: list[tuple[oracle.Person, date | None]], as_of: date
) -> None:
    past = Past(rules, crowd)
    for asked, known in past.views(as_of):
        told = rates(asked, *WAYS, cohorts=99)
        for way in WAYS:
            seen = {rate.cohort: rate for rate in told[way]}
            cohort = cohort_of(date(2023, 12, 1))
            while cohort.first <= as_of:
                rate = seen.get(cohort)
                for place in (0, -1):
                    found = (rate.people, rate.within[place]) if rate else (0, 0)
                    assert found == oracle.rate(known, way, cohort.first, WITHIN[place], as_of)
                assert rate is None or rate.is_final == oracle.is_final(cohort.first, as_of)
                cohort = cohort_of(cohort.last + DAY)
        for time in times(asked):
            days = oracle.days_to(known, time.level, as_of)
            assert time.people == len(days)
            if days:
                quartiles = [oracle.quartile(days, part) for part in (0.25, 0.5, 0.75)]
                assert [time.lower, time.median, time.upper] == pytest.approx(quartiles)


@quickly
@given(rule_sets, crowds, as_ofs)
def test_a_rate_is_made_of_the_journeys_that_its_explanation_lists(
    rules: dict[str, list[oracle.Rule]], crowd: list[tuple[oracle.Person, date | None]], as_of: date
) -> None:
    past = Past(rules, crowd)
    for asked, _known in past.views(as_of):
        for way, found in rates(asked, *WAYS, cohorts=99).items():
            for rate in found:
                listed = journeys(asked, *way, first=rate.cohort.first, last=rate.cohort.last)
                assert rate.people == len(listed)
                assert rate.within == tuple(sum(each.is_within(days) for each in listed) for days in WITHIN)


def test_the_grid_holds_every_day_once() -> None:
    assert cohort_of(FIRST_DAY).first == FIRST_DAY
    assert cohort_of(FIRST_DAY + 89 * DAY).last == FIRST_DAY + 89 * DAY
    assert cohort_of(FIRST_DAY + 90 * DAY).first == FIRST_DAY + 90 * DAY
    for number in range(200):
        last = latest_final(COHORT.first + number * DAY)
        assert last.is_final(COHORT.first + number * DAY)
        assert not cohort_of(last.last + DAY).is_final(COHORT.first + number * DAY)


@pytest.mark.parametrize(("after", "final"), [(89, False), (90, True)])
def test_a_cohort_is_final_90_days_after_its_last_day(after: int, final: bool) -> None:
    pathway = walkable()
    for _ in range(5):
        act(pathway, ContributorFactory.create(), COHORT.last, COHORT.last + 90 * DAY)
    rebuild(pathway.team)
    way = (Level.CASUAL, Level.ACTIVE)
    (rate, *_) = rates(Asked(pathway.team, COHORT.last + after * DAY), way, cohorts=3)[way]
    assert (rate.cohort, rate.people, rate.is_final) == (COHORT, 5, final)
    assert (rate.converted, rate.share) == ((5, 100) if final else (0, None))


@pytest.mark.parametrize(("days", "converted"), [(0, 1), (90, 1), (91, 0)])
def test_within_90_days_is_from_the_day_itself_to_the_ninetieth(days: int, converted: int) -> None:
    pathway = walkable()
    act(pathway, ContributorFactory.create(), COHORT.first, COHORT.first + days * DAY)
    rebuild(pathway.team)
    way = (Level.CASUAL, Level.ACTIVE)
    assert rates(Asked(pathway.team, COHORT.last + 300 * DAY), way, cohorts=9)[way][0].converted == converted


@pytest.mark.parametrize(("people", "share"), [(4, None), (5, 20)])
def test_under_five_people_there_is_a_count_and_no_percentage(people: int, share: int | None) -> None:
    pathway = walkable()
    act(pathway, ContributorFactory.create(), COHORT.first, COHORT.first + DAY)
    for _ in range(people - 1):
        act(pathway, ContributorFactory.create(), COHORT.first)
    rebuild(pathway.team)
    way = (Level.CASUAL, Level.ACTIVE)
    rate = rates(Asked(pathway.team, COHORT.last + 90 * DAY), way, cohorts=2)[way][0]
    assert (rate.people, rate.converted, rate.share) == (people, 1, share)


def test_a_cohort_without_anybody_has_its_row_and_nobody_has_none() -> None:
    pathway = walkable()
    way = (Level.CASUAL, Level.ACTIVE)
    asked = Asked(pathway.team, COHORT.last + 200 * DAY)
    assert rates(asked, way, cohorts=9) == {way: []}
    assert [(time.people, time.median) for time in times(asked)] == [(0, None)] * 3
    act(pathway, ContributorFactory.create(), COHORT.first)
    rebuild(pathway.team)
    assert [rate.people for rate in rates(asked, way, cohorts=9)[way]] == [1, 0, 0, 0]
    assert [rate.people for rate in rates(asked, way, cohorts=2)[way]] == []
