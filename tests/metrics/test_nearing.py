"""Who is near a level, against the plain loop of tests/oracle.py, and the edges by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.cohorts import Asked
from metrics.nearing import chances, near
from pathways.models import CommunityRole, Level
from teams.models import Population
from tests import oracle
from tests.factories import CommunityRoleFactory, ContributorFactory, PointFactory
from tests.metrics.acts import act, known, rebuild
from tests.metrics.histories import FIRST, LEADERS, Past, persons, quickly

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 6, 17)


@st.composite
def near_rules(draw: st.DrawFn, level: int) -> oracle.Rule:
    """A rule that somebody can be one act short of: acts, days and months all asked for."""
    n = draw(st.integers(2, 5))
    d = draw(st.integers(1, n))
    m = draw(st.integers(1, d))
    return oracle.Rule(level, n=n, d=d, m=m, w=draw(st.sampled_from([10, 40, 100, 365])), roles=draw(LEADERS))


rule_sets = st.fixed_dictionaries(
    {
        "a": st.tuples(st.just(oracle.Rule(1, w=60)), near_rules(2), near_rules(3), near_rules(3)).map(list),
        "b": st.tuples(near_rules(2)).map(list),
    }
)
crowds = st.lists(st.tuples(persons, st.just(None)), min_size=3, max_size=8)
as_ofs = st.integers(0, 120).map(lambda number: FIRST + number * DAY)


@quickly
@given(rule_sets, crowds, as_ofs)
def test_near_is_what_a_loop_over_days_with_one_more_act_finds(
    rules: dict[str, list[oracle.Rule]], crowd: list[tuple[oracle.Person, date | None]], as_of: date
) -> None:
    past = Past(rules, crowd)
    for asked, seen in past.views(as_of):
        found = {one.contributor_id: (one.point.level, one.first, one.last) for one in near(asked)}
        assert found == {past.ids[who]: told for who, told in oracle.nearest(seen, rules, as_of).items()}


@quickly
@given(rule_sets, crowds, as_ofs)
def test_one_more_act_on_any_later_day_keeps_a_rule_at_least_so_long(
    rules: dict[str, list[oracle.Rule]], crowd: list[tuple[oracle.Person, date | None]], as_of: date
) -> None:
    past = Past(rules, crowd)
    seen = oracle.Known(past.people, past.spans, 4)
    for who, pk in enumerate(past.ids):
        for one in chances(Asked(past.team, as_of, Population.PEOPLE), [pk]):
            pathway = next(name for name, each in past.pathways.items() if each.pk == one.pathway_id)
            rule = next(each for each in rules[pathway] if told(each) == (one.point.level, *measure(one.point)))
            if one.keeps_until is None:
                continue
            acts = [each for each in seen.acts(who) if each.pathway == pathway and each.day <= as_of]
            day = as_of + DAY
            while oracle.holds(seen.people[who], acts, rule, day):
                more = [*acts, oracle.Act(day, pathway=pathway)]
                kept = day
                while oracle.holds(seen.people[who], more, rule, kept):
                    kept += DAY
                assert kept >= one.keeps_until
                day += DAY


def told(rule: oracle.Rule) -> tuple[int, ...]:
    return (rule.level, rule.n, rule.d, rule.m, rule.w)


def measure(point: object) -> tuple[int, ...]:
    return (point.n, point.d, point.m, point.w)  # type: ignore[attr-defined]


def test_one_act_is_missing_until_the_window_lets_go_of_the_first() -> None:
    point = PointFactory.create(level=Level.ACTIVE, n=3, w=30)
    person = ContributorFactory.create()
    act(point.pathway, person, TODAY - 20 * DAY, TODAY - 5 * DAY)
    rebuild(point.pathway.team)
    (one,) = near(Asked(point.pathway.team, TODAY))
    assert (one.first, one.last, one.acts) == (TODAY, TODAY + 9 * DAY, 2)
    assert near(Asked(point.pathway.team, TODAY + 10 * DAY)) == []


def test_a_missing_day_cannot_be_today_and_a_missing_month_not_this_month() -> None:
    days = PointFactory.create(level=Level.ACTIVE, n=2, d=2, w=30)
    months = PointFactory.create(pathway=days.pathway, level=Level.CORE, n=2, d=2, m=2, w=30)
    person = ContributorFactory.create()
    act(days.pathway, person, TODAY, TODAY)
    rebuild(days.pathway.team)
    (one,) = near(Asked(days.pathway.team, TODAY))
    assert (one.point.level, one.first, one.last) == (Level.ACTIVE, TODAY + DAY, TODAY + 29 * DAY)
    both = {one.point.level: one for one in chances(Asked(days.pathway.team, TODAY), [person.pk])}
    assert both[Level.CORE].first == date(2026, 7, 1)
    assert both[Level.CORE].last == TODAY + 29 * DAY
    assert months.m == 2


def test_only_kinds_of_the_rule_count_and_a_role_is_needed_where_it_asks_for_one() -> None:
    review = known("review")
    point = PointFactory.create(level=Level.ACTIVE, n=2, kinds=[review.pk], roles=["leader"])
    reviewer, leader, committer = ContributorFactory.create_batch(3)
    for person in (leader, committer):
        CommunityRoleFactory.create(team=point.pathway.team, contributor=person)
    for person in (reviewer, leader):
        act(point.pathway, person, TODAY - DAY, kind="review")
    act(point.pathway, committer, TODAY - DAY)
    rebuild(point.pathway.team)
    assert [one.contributor_id for one in near(Asked(point.pathway.team, TODAY))] == [leader.pk]
    CommunityRole.objects.filter(contributor=leader).update(until_on=TODAY + 3 * DAY)
    (one,) = near(Asked(point.pathway.team, TODAY))
    assert one.last == TODAY + 2 * DAY


def test_a_level_of_one_contribution_makes_nobody_near() -> None:
    point = PointFactory.create(level=Level.CASUAL, n=1, w=30)
    person = ContributorFactory.create()
    act(point.pathway, person, TODAY - 60 * DAY)
    rebuild(point.pathway.team)
    assert near(Asked(point.pathway.team, TODAY)) == []
    assert [one.first for one in chances(Asked(point.pathway.team, TODAY), [person.pk])] == []
