"""Retention and drifting, against the plain loop of tests/oracle.py, and the edges by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given

from metrics.cohorts import Asked, cohort_of
from metrics.drifting import drifting
from metrics.retention import JOINED, active_before, joined, joiners, retention
from pathways.models import Affiliation, Level
from teams.models import Population
from tests import oracle
from tests.factories import ContributorFactory, PointFactory
from tests.metrics.acts import act, rebuild
from tests.metrics.histories import Past, as_ofs, crowds, quickly, rule_sets

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 6, 17)


@quickly
@given(rule_sets, crowds, as_ofs)
def test_retention_is_what_a_loop_over_people_and_days_finds(
    rules: dict[str, list[oracle.Rule]], crowd: list[tuple[oracle.Person, date | None]], as_of: date
) -> None:
    past = Past(rules, crowd)
    for asked, known in past.views(as_of):
        for days in (40, 365):
            kept = retention(asked, days)
            assert (kept.people, kept.kept) == oracle.retained(known, as_of, days)
            listed = {(span.contributor_id, span.kept) for span in active_before(asked, days)}  # type: ignore[attr-defined]
            assert (len(listed), sum(still for _, still in listed)) == (kept.people, kept.kept)
        told = joined(asked, cohorts=99)
        for level in JOINED:
            seen = {each.cohort: each for each in told[level]}
            cohort = cohort_of(date(2023, 12, 1))
            while cohort.first <= as_of:
                expected = oracle.joined(known, level, cohort.first, as_of)
                each = seen.get(cohort)
                assert ((each.people, each.kept) if each else (0, 0)) == expected
                people = joiners(asked, level, cohort)
                assert (len(people), sum(one.kept for one in people)) == expected
                cohort = cohort_of(cohort.last + DAY)


@quickly
@given(rule_sets, crowds, as_ofs)
def test_drifting_is_what_a_loop_over_people_and_days_finds(
    rules: dict[str, list[oracle.Rule]], crowd: list[tuple[oracle.Person, date | None]], as_of: date
) -> None:
    past = Past(rules, crowd)
    for asked, known in past.views(as_of):
        found = drifting(asked)
        assert {one.contributor_id for one in found} == {past.ids[who] for who in oracle.drifting(known, as_of)}
        days = {past.ids[who]: [each.day for each in known.acts(who)] for who in range(len(past.ids))}
        for one in found:
            assert one.last_on == max(day for day in days[one.contributor_id] if day <= as_of)


def test_who_is_silent_for_180_days_drifts_and_for_179_does_not() -> None:
    pathway = PointFactory.create(level=Level.ACTIVE, n=1, w=365).pathway
    silent, not_yet, lapsed = ContributorFactory.create_batch(3)
    for person, ago in ((silent, 180), (not_yet, 179), (lapsed, 365)):
        act(pathway, person, TODAY - ago * DAY)
    rebuild(pathway.team)
    found = drifting(Asked(pathway.team, TODAY))
    assert [(one.contributor_id, one.last_on) for one in found] == [(silent.pk, TODAY - 180 * DAY)]


def test_each_population_drifts_by_its_own_acts_and_each_pathway_by_its_own() -> None:
    pathway = PointFactory.create(level=Level.ACTIVE, n=1, w=365).pathway
    other = PointFactory.create(pathway__team=pathway.team, level=Level.ACTIVE, n=1, w=365).pathway
    joined_staff, wanderer = ContributorFactory.create_batch(2)
    Affiliation.objects.create(contributor=joined_staff, kind="staff", from_on=TODAY - 100 * DAY)
    act(pathway, joined_staff, TODAY - 200 * DAY, TODAY - 20 * DAY)
    act(pathway, wanderer, TODAY - 200 * DAY)
    act(other, wanderer, TODAY - 20 * DAY)
    rebuild(pathway.team)
    team = pathway.team
    who = {each: [one.contributor_id for one in drifting(Asked(team, TODAY, each))] for each in Population}
    assert who == {Population.VOLUNTEERS: [joined_staff.pk], Population.STAFF: [], Population.PEOPLE: []}
    here = [one.contributor_id for one in drifting(Asked(team, TODAY, Population.PEOPLE, pathway))]
    assert here == [wanderer.pk]


@pytest.mark.parametrize(("people", "share"), [(4, None), (5, 20)])
def test_under_five_people_retention_is_a_count(people: int, share: int | None) -> None:
    pathway = PointFactory.create(level=Level.ACTIVE, n=1, w=30).pathway
    crowd = ContributorFactory.create_batch(people)
    for person in crowd:
        act(pathway, person, TODAY - 365 * DAY)
    act(pathway, crowd[0], TODAY)
    rebuild(pathway.team)
    kept = retention(Asked(pathway.team, TODAY))
    assert (kept.people, kept.kept, kept.share) == (people, 1, share)


@pytest.mark.parametrize(("after", "final"), [(89, False), (90, True)])
def test_a_joining_cohort_is_final_90_days_after_its_last_day(after: int, final: bool) -> None:
    pathway = PointFactory.create(level=Level.ACTIVE, n=1, w=100).pathway
    cohort = cohort_of(TODAY)
    for _ in range(5):
        act(pathway, ContributorFactory.create(), cohort.last)
    rebuild(pathway.team)
    told = joined(Asked(pathway.team, cohort.last + after * DAY), cohorts=9)
    for level in JOINED:
        (each, *_) = told[level]
        assert (each.people, each.is_final) == (5, final)
        assert (each.kept, each.share) == ((5, 100) if final else (0, None))
