"""Flows and stocks by calendar month: against the plain loop, the weekly rows, and the stocks of any day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import given

from lifecycle import clock as today_of
from metrics import counts
from metrics import weeks as weekly
from metrics.cohorts import Asked
from metrics.flows import Flow, by_month, crossings, prospects, sum_of
from pathways.models import Level
from teams.models import Population, WeeklyCount
from tests import oracle
from tests.factories import ContributorFactory, EnrolmentFactory, PointFactory
from tests.metrics.acts import act, rebuild
from tests.metrics.histories import FIRST, Past, as_ofs, crowds, quickly, rule_sets

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NAMES = {Level.CASUAL: "casual", Level.ACTIVE: "active", Level.CORE: "core"}


@quickly
@given(rule_sets, crowds, as_ofs)
def test_months_are_what_a_loop_over_people_and_days_finds(
    rules: dict[str, list[oracle.Rule]], crowd: list[tuple[oracle.Person, date | None]], as_of: date
) -> None:
    past = Past(rules, crowd)
    for asked, known in past.views(as_of):
        told = by_month(asked)
        assert not told or told[-1].last == as_of
        before = FIRST.replace(day=1) - DAY
        for level in Level:
            walked = oracle.flows(known, level, before, as_of)
            for flow in Flow:
                listed = crossings(asked, level, flow, first=before, last=as_of)
                assert sorted((one.contributor_id, one.day) for one in listed) == sorted(
                    (past.ids[who], day) for who, day in walked[flow]
                )
            end = 0
            for month in told:
                counted = {flow: sum(month.first <= day <= month.last for _, day in walked[flow]) for flow in Flow}
                if level == Level.CONTRIBUTOR:
                    assert month.new == counted[Flow.CONVERTED]
                    continue
                step = getattr(month, NAMES[level])
                assert step.start == end
                assert {flow: getattr(step, flow) for flow in Flow} == counted
                end = step.start + step.converted + step.returned - step.lapsed
                stock = counts.stock(
                    past.team, on=month.last, level=level, population=asked.population, pathway=asked.pathway
                )
                assert step.end == end == stock
                assert stock == sum(known.at_least(who, level, month.last) for who in range(len(past.ids)))


def test_months_and_weeks_tell_the_same_where_both_end(clock: object) -> None:
    pathway = PointFactory.create(level=Level.CASUAL, n=1, w=20).pathway
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=2, w=40)
    start = date(2025, 1, 1)
    for number in range(12):
        who = ContributorFactory.create()
        act(pathway, who, *(start + (number * 7 + more) * DAY for more in (0, 11, 55, 140)))
    early, late = ContributorFactory.create_batch(2)
    for who, day in ((early, start), (late, start + 40 * DAY)):
        EnrolmentFactory.create(pathway=pathway, contributor=who, enrolled_on=day)
    act(pathway, early, start + 70 * DAY)
    rebuild(pathway.team)
    with connection.cursor() as cursor:
        weekly.write(cursor, [pathway.team_id], today_of.today())
    for population in Population:
        weeks = list(WeeklyCount.objects.filter(team=pathway.team, pathway_id=pathway.pk, population=population))
        asked = Asked(pathway.team, max(week.week for week in weeks), population, pathway)
        told = by_month(asked)
        assert sum(month.new for month in told) == sum(week.new for week in weeks)
        by_day = {week.week: week for week in weeks}
        both = [(month, by_day[month.last]) for month in told if month.last in by_day]
        assert not told or len(both) >= 2
        for month, week in both:
            stocks = (month.prospects, month.casual.end, month.active.end, month.core.end)
            assert stocks == (week.prospects, week.casual, week.active, week.core)
            assert len(prospects(replace(asked, as_of=month.last))) == month.prospects
        for name in NAMES.values():
            for flow in Flow:
                ever = sum(getattr(getattr(month, name), flow) for month in told)
                assert ever == sum(getattr(week, f"{name}_{flow}") for week in weeks)


def test_a_month_begins_on_its_first_day_and_ends_on_its_last() -> None:
    pathway = PointFactory.create(level=Level.CASUAL, n=1, w=29).pathway
    act(pathway, ContributorFactory.create(), date(2024, 2, 1))  # lapses on the first of March
    act(pathway, ContributorFactory.create(), date(2024, 2, 29))
    act(pathway, ContributorFactory.create(), date(2024, 3, 31))
    rebuild(pathway.team)
    february, march = by_month(Asked(pathway.team, date(2024, 3, 31)))
    assert (february.last, february.new, february.casual.end) == (date(2024, 2, 29), 2, 2)
    assert (march.casual.start, march.casual.converted, march.casual.lapsed, march.casual.end) == (2, 1, 2, 1)
    whole = sum_of([february.casual, march.casual])
    assert (whole.start, whole.converted, whole.lapsed, whole.end) == (0, 3, 2, 1)


def test_nobody_has_no_months() -> None:
    assert by_month(Asked(PointFactory.create().pathway.team, date(2024, 3, 31))) == []
