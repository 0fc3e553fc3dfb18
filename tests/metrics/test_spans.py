"""Spans against the plain loop of tests/oracle.py, and the edges by hand."""

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.models import Contribution, Source
from pathways.models import Affiliation, CommunityRole, Contributor, ConversionPoint, Identity, Level, Pathway
from teams.models import Team
from tests import oracle
from tests.factories import (
    CommunityRoleFactory,
    ContributorFactory,
    IdentityFactory,
    PathwayFactory,
    PointFactory,
    TeamFactory,
)
from tests.metrics.acts import act, known, rebuild, recompute, stored

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST = date(2023, 12, 1)
KINDS = ("commit", "review", "issue")
ROLES = ("leader", "mentor", "core")


def held(person: Contributor, level: int, pathway: Pathway | None = None, bit: int = 4) -> list[tuple[date, date]]:
    """The runs of one person, in order."""
    team = person_team(person) if pathway is None else pathway.team
    rows = stored(team)
    return sorted(
        (row[4], row[5])
        for row in rows
        if row[0] == (pathway.pk if pathway else 0) and row[1:4] == (person.pk, level, bit)
    )


def person_team(person: Contributor) -> Team:
    return Contribution.objects.filter(contributor=person).select_related("team")[0].team


def test_a_window_of_w_days_holds_its_last_day_and_not_the_day_before_its_first() -> None:
    pathway = PointFactory.create(level=Level.ACTIVE, n=2, w=10).pathway
    inside, outside = ContributorFactory.create_batch(2)
    act(pathway, inside, FIRST, FIRST + 9 * DAY)
    act(pathway, outside, FIRST, FIRST + 10 * DAY)
    recompute(pathway.team)
    assert held(inside, 2) == [(FIRST + 9 * DAY, FIRST + 10 * DAY)]
    assert held(outside, 2) == []


def test_a_level_is_held_until_the_day_on_which_it_lapses_and_comes_back_as_no_second_conversion() -> None:
    pathway = PointFactory.create(level=Level.CASUAL, n=1, w=30).pathway
    person = ContributorFactory.create()
    act(pathway, person, FIRST, FIRST + 20 * DAY, FIRST + 100 * DAY)
    recompute(pathway.team)
    rows = {row[4:] for row in stored(pathway.team) if row[0] == pathway.pk and row[2:4] == (1, 1)}
    assert rows == {
        (FIRST, FIRST + 50 * DAY, True),
        (FIRST + 100 * DAY, FIRST + 130 * DAY, False),
    }


def test_a_contributor_is_one_for_ever_from_the_first_counted_act() -> None:
    pathway = PathwayFactory.create()  # no conversion point at all
    person = ContributorFactory.create()
    act(pathway, person, FIRST + DAY, FIRST + 5 * DAY)
    recompute(pathway.team)
    assert held(person, 0) == [(FIRST + DAY, date(9999, 12, 31))]


def test_a_role_makes_core_from_the_later_of_act_and_role_and_only_once_confirmed() -> None:
    pathway = PointFactory.create(level=Level.CORE, n=1, w=100, roles=["leader"]).pathway
    early, late, unconfirmed = ContributorFactory.create_batch(3)
    for person in (early, late, unconfirmed):
        act(pathway, person, FIRST + 10 * DAY)
    give = {"team": pathway.team, "role": "leader"}
    CommunityRoleFactory.create(contributor=early, from_on=FIRST, until_on=FIRST + 15 * DAY, **give)
    CommunityRoleFactory.create(contributor=late, from_on=FIRST + 50 * DAY, **give)
    CommunityRoleFactory.create(contributor=unconfirmed, from_on=FIRST, confirmed_by=None, **give)
    recompute(pathway.team)
    assert held(early, 3) == [(FIRST + 10 * DAY, FIRST + 15 * DAY)]
    assert held(late, 3) == [(FIRST + 50 * DAY, FIRST + 110 * DAY)]
    assert held(unconfirmed, 3) == []


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda a: Source.objects.update(enabled=False), id="source off"),
        pytest.param(lambda a: Contribution.objects.update(state=Contribution.State.WITHDRAWN), id="withdrawn"),
        pytest.param(lambda a: a[0].kind.__class__.objects.update(state="unknown"), id="unknown kind"),
        pytest.param(lambda a: a[0].kind.__class__.objects.update(state="ignored"), id="ignored kind"),
        pytest.param(lambda a: Pathway.objects.update(counted_kinds=[known("review").pk]), id="kind not counted here"),
        pytest.param(lambda a: Source.objects.update(counted_kinds=[known("review").pk]), id="kind not of the source"),
    ],
)
def test_what_does_not_count_makes_no_spans(spoil: Callable[[list[Contribution]], object]) -> None:
    pathway = PointFactory.create().pathway
    acts = act(pathway, ContributorFactory.create(), FIRST)
    recompute(pathway.team)
    assert stored(pathway.team)
    spoil(acts)
    recompute(pathway.team)
    assert stored(pathway.team) == set()


def test_another_name_of_a_known_kind_counts_as_that_kind() -> None:
    pathway = PathwayFactory.create(counted_kinds=[known("review").pk])
    alias = known("Code Review")
    person = ContributorFactory.create()
    act(pathway, person, FIRST, kind="Code Review")
    recompute(pathway.team)
    assert held_any(pathway) == set()
    alias.same_as, alias.state = known("review"), "unknown"
    alias.save()
    recompute(pathway.team)
    assert held_any(pathway) == {person.pk}


def held_any(pathway: Pathway) -> set[int]:
    return {row[1] for row in stored(pathway.team)}


# --- random histories --------------------------------------------------------------------------

# Crowded days, days around the turns of months, and far ones: distinct days and months must get to decide.
FAR = st.integers(0, 400)
NUMBERS = st.one_of(st.integers(0, 3), st.integers(24, 36), st.sampled_from([59, 60, 61, 90, 91]), FAR)
days = NUMBERS.map(lambda number: FIRST + number * DAY)
rules = st.builds(
    lambda level, n, d, m, w, kinds, roles: oracle.Rule(
        level, n, min(d, n, w), min(m, d, n, w), w, frozenset(kinds), frozenset(roles)
    ),
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from([1, 2, 7, 30, 45, 90, 180, 365]),
    st.one_of(st.just([]), st.lists(st.sampled_from(KINDS), max_size=2)),
    st.one_of(st.just([]), st.just([]), st.lists(st.sampled_from(ROLES), min_size=1, max_size=2)),
)
acts = st.lists(
    st.builds(oracle.Act, days, st.sampled_from(KINDS), st.just(False), st.sampled_from("aab")), min_size=3, max_size=25
)
roles = st.lists(
    st.builds(
        lambda role, since, length: oracle.Held(role, since, since + length * DAY),
        st.sampled_from(ROLES),
        days,
        st.integers(1, 200),
    ),
    max_size=2,
    unique_by=lambda held: (held.role, held.since),
)
staff_dates = st.one_of(st.none(), st.tuples(days, st.integers(1, 300)))
people = st.lists(st.tuples(acts, roles, st.booleans(), staff_dates), min_size=1, max_size=3)
world = st.tuples(st.fixed_dictionaries({name: st.lists(rules, max_size=4) for name in "ab"}), people)


class World:
    """One team with pathways a and b, and people whose histories the oracle knows too."""

    def __init__(self, rules: dict[str, list[oracle.Rule]]) -> None:
        self.team = TeamFactory.create()
        self.rules = rules
        self.pathways = {name: PathwayFactory.create(team=self.team, slug=name) for name in rules}
        self.kinds = {key: known(key) for key in KINDS}
        for name, of_pathway in rules.items():
            for number, rule in enumerate(of_pathway):
                ConversionPoint.objects.create(
                    pathway=self.pathways[name],
                    level=rule.level,
                    label=f"{number}",
                    n=rule.n,
                    d=rule.d,
                    m=rule.m,
                    w=rule.w,
                    kinds=[self.kinds[key].pk for key in rule.kinds],
                    roles=sorted(rule.roles),
                )

    def join(self, roles: list[oracle.Held], bot: bool, staff: tuple[date, int] | None) -> Identity:
        identity = IdentityFactory.create(contributor__is_bot=bot)
        for held in roles:
            CommunityRoleFactory.create(
                team=self.team,
                contributor=identity.contributor,
                role=held.role,
                from_on=held.since,
                until_on=held.until,
            )
        if staff:
            Affiliation.objects.create(
                contributor=identity.contributor, kind="staff", from_on=staff[0], until_on=staff[0] + staff[1] * DAY
            )
        return identity

    def do(self, identity: Identity, done: oracle.Act) -> None:
        act(self.pathways[done.pathway], identity, done.day, kind=done.kind)

    def expected(self, people: dict[int, oracle.Person]) -> set[tuple[object, ...]]:
        ids = {"": 0, **{name: pathway.pk for name, pathway in self.pathways.items()}}
        return {
            (ids[pathway], pk, level, bit, since, until, number == 0)
            for pk, person in people.items()
            for (pathway, level, bit), found in oracle.spans(person, self.rules).items()
            for number, (since, until) in enumerate(found)
        }


def told(acts: list[oracle.Act], staff: tuple[date, int] | None) -> list[oracle.Act]:
    """The acts with what the dates say of each: staff or not."""
    return [
        oracle.Act(one.day, one.kind, bool(staff and staff[0] <= one.day < staff[0] + staff[1] * DAY), one.pathway)
        for one in acts
    ]


quickly = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@quickly
@given(world, st.randoms(use_true_random=False))
def test_spans_are_what_a_loop_over_days_finds_in_any_order_and_any_chunks(world: tuple, dice) -> None:  # type: ignore[type-arg, no-untyped-def]
    given_rules, given_people = world
    here = World(given_rules)
    people: dict[int, oracle.Person] = {}
    todo = []
    for history, held, bot, staff in given_people:
        identity = here.join(held, bot, staff)
        people[identity.contributor_id] = oracle.Person(told(history, staff), held, bot)
        todo += [(identity, done) for done in history]
    dice.shuffle(todo)
    for identity, done in todo:
        here.do(identity, done)
        if dice.random() < 0.2:
            recompute(here.team)
    recompute(here.team)
    assert stored(here.team) == here.expected(people)
    rebuild(here.team)
    assert stored(here.team) == here.expected(people)


def test_each_number_of_a_rule_decides_where_it_is_the_tightest() -> None:
    """Crowded histories under rules whose n, d and m pull apart: each has to be counted to the day."""
    dice = random.Random(11)
    shapes = [
        (2, 1, 1),
        (3, 1, 1),
        (5, 2, 1),
        (8, 2, 1),
        (6, 5, 1),
        (4, 4, 1),
        (2, 2, 2),
        (3, 2, 2),
        (9, 3, 2),
        (3, 3, 3),
    ]
    rules = {
        f"{n}-{d}-{m}-{w}": [oracle.Rule(2, n, d, m, w)] for n, d, m in shapes for w in (dice.randint(8, 25), 45, 100)
    }
    here = World(rules)
    people = {}
    for _ in range(3):
        identity = here.join([], False, None)
        history = [
            oracle.Act(
                FIRST + min(150, int(dice.expovariate(1 / 6)) + dice.choice([0, 28, 31, 62, 90, 110])) * DAY,
                pathway=name,
            )
            for name in rules
            for _ in range(14)
        ]
        for name, pathway in here.pathways.items():
            act(pathway, identity, *(done.day for done in history if done.pathway == name))
        people[identity.contributor_id] = oracle.Person(history)
    recompute(here.team)
    assert stored(here.team) == here.expected(people)


@quickly
@given(acts, acts, st.lists(rules, max_size=3), staff_dates)
def test_merging_gives_one_history_and_splitting_gives_both_back(
    first: list[oracle.Act], second: list[oracle.Act], of_a: list[oracle.Rule], staff: tuple[date, int] | None
) -> None:
    here = World({"a": of_a, "b": []})
    one, two = here.join([], False, staff), here.join([], False, None)
    for identity, history in ((one, first), (two, second)):
        for done in history:
            here.do(identity, done)
    recompute(here.team)
    apart = here.expected(
        {
            one.contributor_id: oracle.Person(told(first, staff)),
            two.contributor_id: oracle.Person(second),
        }
    )
    assert stored(here.team) == apart
    old, two.contributor = two.contributor, one.contributor
    two.save()
    recompute(here.team)
    merged = oracle.Person(told(first + second, staff))
    assert stored(here.team) == here.expected({one.contributor_id: merged})
    two.contributor = old
    two.save()
    recompute(here.team)
    assert stored(here.team) == apart


@quickly
@given(world, st.lists(rules, max_size=3), st.data())
def test_changed_rules_roles_and_flags_are_followed(world: tuple, new_rules: list[oracle.Rule], data) -> None:  # type: ignore[type-arg, no-untyped-def]
    given_rules, given_people = world
    here = World(given_rules)
    joined = [here.join(held, bot, staff) for _, held, bot, staff in given_people]
    for identity, (history, *_) in zip(joined, given_people, strict=True):
        for done in history:
            here.do(identity, done)
    recompute(here.team)

    ConversionPoint.objects.filter(pathway=here.pathways["a"]).delete()
    here.rules = {**given_rules, "a": new_rules}
    for number, rule in enumerate(new_rules):
        ConversionPoint.objects.create(
            pathway=here.pathways["a"],
            level=rule.level,
            label=f"new {number}",
            n=rule.n,
            d=rule.d,
            m=rule.m,
            w=rule.w,
            kinds=[here.kinds[key].pk for key in rule.kinds],
            roles=sorted(rule.roles),
        )
    flipped = data.draw(st.sampled_from(joined)).contributor
    Contributor.objects.filter(pk=flipped.pk).update(is_bot=not flipped.is_bot)
    roleless = data.draw(st.sampled_from(joined)).contributor_id
    CommunityRole.objects.filter(contributor=roleless).delete()
    volunteer = data.draw(st.sampled_from(joined)).contributor_id
    Affiliation.objects.filter(contributor=volunteer).delete()
    recompute(here.team)

    people = {}
    for identity, (history, held, bot, staff) in zip(joined, given_people, strict=True):
        pk = identity.contributor_id
        people[pk] = oracle.Person(
            told(history, None if pk == volunteer else staff),
            [] if pk == roleless else held,
            bot != (pk == flipped.pk),
        )
    assert stored(here.team) == here.expected(people)
    recompute(here.team)
    rebuild(here.team)
    assert stored(here.team) == here.expected(people)
