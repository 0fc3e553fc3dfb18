"""Random changes in random order: after each, what is kept by steps = what a rebuild makes = what the oracle says."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lifecycle import clock, jobs
from metrics import recount
from metrics.models import Counted, Span, Touched
from teams.models import Measurement, WeeklyCount
from tests import oracle
from tests.metrics.acts import rebuild, stored
from tests.metrics.ledger import DAY, DOMAINS, KINDS, SOURCES, Ledger, Told

pytestmark = pytest.mark.django_db
#: Histories of so many changes each; tests/conftest.py says how many examples a profile has.
HISTORIES, CHANGES = settings.default.max_examples // 5, 12  # type: ignore[union-attr]
#: The leap day and two ends of months are within reach, and Sundays.
FIRST = date(2024, 1, 24)
TODAY = date(2024, 3, 6)
PEOPLE = ("ann@home.example", "bo@home.example", "cy@work.example")
ROLES = ("leader", "mentor")

days = st.one_of(st.integers(0, 8), st.integers(30, 44)).map(lambda number: FIRST + number * DAY)
sources = st.sampled_from(sorted(SOURCES))
rows = st.builds(Told, st.integers(1, 25), st.sampled_from(PEOPLE), st.sampled_from(KINDS), days)
points = st.lists(
    st.builds(
        lambda level, n, d, m, w, kinds, roles: oracle.Rule(
            level, n, min(d, n, w), min(m, d, n, w), w, frozenset(kinds), frozenset(roles)
        ),
        st.integers(1, 3),
        st.integers(1, 3),
        st.integers(1, 3),
        st.integers(1, 2),
        st.sampled_from([1, 2, 7, 14, 30]),
        st.one_of(st.just([]), st.lists(st.sampled_from(["commit", "review"]), max_size=1)),
        st.one_of(st.just([]), st.just([]), st.lists(st.sampled_from(ROLES), min_size=1, max_size=1)),
    ),
    max_size=4,
)
until = st.one_of(st.none(), st.integers(1, 20))


class AnyOrder(RuleBasedStateMachine):
    """Each history in a transaction of its own, on days that pass only when the history says so."""

    def __init__(self) -> None:
        super().__init__()
        self.traveller = time_machine.travel(datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC), tick=False)
        self.time = self.traveller.start()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.ledger = Ledger()

    def teardown(self) -> None:
        try:
            if not connection.needs_rollback:
                self.a_rebuild_changes_nothing()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)
            self.traveller.stop()

    # --- changes

    @initialize(of_a=points, of_b=points, first=st.lists(rows, min_size=4, max_size=12), source=sources)
    def begin(self, of_a: list[oracle.Rule], of_b: list[oracle.Rule], first: list[Told], source: str) -> None:
        self.ledger.set_points("a", of_a)
        self.ledger.set_points("b", of_b)
        self.ledger.bring(source, first)

    @rule(brought=st.lists(rows, min_size=1, max_size=4), source=sources)
    def new_late_and_duplicate(self, brought: list[Told], source: str) -> None:
        if source not in self.ledger.off:
            self.ledger.bring(source, brought)

    @precondition(lambda self: self.ledger.facts)
    @rule(data=st.data())
    def withdrawn(self, data: st.DataObject) -> None:
        facts = self.ledger.facts
        self.ledger.withdraw(facts[data.draw(st.sampled_from(sorted(facts)))])

    @precondition(lambda self: len(self.ledger.files) > 1)
    @rule(data=st.data())
    def undone_whole(self, data: st.DataObject) -> None:
        self.ledger.undo(data.draw(st.sampled_from(self.ledger.files)))

    @rule(data=st.data())
    def merged(self, data: st.DataObject) -> None:
        pairs = [
            (keep, other)
            for keep in self.taking_part
            for other in self.taking_part
            if keep != other and (keep in self.ledger.bots) == (other in self.ledger.bots)
        ]
        if pairs:
            self.ledger.merge(*data.draw(st.sampled_from(pairs)))

    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        pointed = list(self.ledger.pointers.values())
        if several := [
            pk
            for pk, person in self.ledger.pointers.items()
            if pointed.count(person) > 1 and person in self.taking_part
        ]:
            self.ledger.split(data.draw(st.sampled_from(several)))

    @precondition(lambda self: self.taking_part)
    @rule(data=st.data())
    def bot_flag(self, data: st.DataObject) -> None:
        self.ledger.flag(data.draw(st.sampled_from(self.taking_part)))

    @rule(data=st.data(), kind=st.sampled_from(["staff", "volunteer"]), since=days, length=until)
    def affiliation(self, data: st.DataObject, kind: str, since: date, length: int | None) -> None:
        person = data.draw(st.sampled_from(self.people))
        self.ledger.say(person, kind, since, since + length * DAY if length else None)

    @precondition(lambda self: any(self.ledger.words.values()))
    @rule(data=st.data())
    def affiliation_taken_back(self, data: st.DataObject) -> None:
        self.ledger.unsay(data.draw(st.sampled_from([pk for pk, words in self.ledger.words.items() if words])))

    @rule(
        domain=st.sampled_from(DOMAINS),
        kind=st.sampled_from(["staff", "volunteer"]),
        since=st.one_of(st.none(), days),
        length=until,
    )
    def domain_rule(self, domain: str, kind: str, since: date | None, length: int | None) -> None:
        self.ledger.rule(domain, kind, since, (since or FIRST) + length * DAY if length else None)

    @precondition(lambda self: self.ledger.domains)
    @rule(data=st.data())
    def domain_rule_gone(self, data: st.DataObject) -> None:
        self.ledger.unrule(data.draw(st.sampled_from(sorted(self.ledger.domains))))

    @rule(data=st.data(), role=st.sampled_from(ROLES), since=days, confirmed=st.booleans())
    def role_given(self, data: st.DataObject, role: str, since: date, confirmed: bool) -> None:
        self.ledger.give(data.draw(st.sampled_from(self.people)), role, since, confirmed=confirmed)

    @precondition(lambda self: any(self.ledger.roles.values()))
    @rule(data=st.data(), length=st.integers(1, 20))
    def role_ended(self, data: st.DataObject, length: int) -> None:
        self.ledger.end(data.draw(st.sampled_from([pk for pk, given in self.ledger.roles.items() if given])), length)

    @rule(pathway=st.sampled_from("ab"), wanted=points)
    def points_edited(self, pathway: str, wanted: list[oracle.Rule]) -> None:
        self.ledger.set_points(pathway, wanted)

    @rule(pathway=st.sampled_from("ab"), kinds=st.sets(st.sampled_from(KINDS), max_size=2))
    def counted_kinds(self, pathway: str, kinds: set[str]) -> None:
        self.ledger.count_only(pathway, kinds)

    @rule(source=sources, kinds=st.sets(st.sampled_from(KINDS), max_size=2))
    def kinds_of_a_source(self, source: str, kinds: set[str]) -> None:
        self.ledger.count_of_source(source, kinds)

    @rule(meaning=st.sampled_from([None, "poke", "review"]))
    def kind_decided(self, meaning: str | None) -> None:
        self.ledger.decide(meaning)

    @rule(source=sources)
    def source_switched(self, source: str) -> None:
        self.ledger.switch(source)

    @rule(passed=st.sampled_from([1, 1, 5, 20]))
    def days_pass(self, passed: int) -> None:
        """Nobody writes anything: only the job of the day tells whose numbers change with it."""
        jobs.drain()
        for _ in range(passed):
            self.time.shift(DAY)
            recount.day_change(clock.today())
        jobs.drain()
        self.a_rebuild_changes_nothing()

    # --- what must be so after each

    @property
    def people(self) -> list[int]:
        return sorted(set(self.ledger.pointers.values()))

    @property
    def taking_part(self) -> list[int]:
        """Whom the team may say something of: not somebody whose every row had come before under another name."""
        doing = {self.ledger.pointers[fact.identity] for fact in self.ledger.facts.values()}
        return sorted(doing | {person for person in self.people if self.ledger.roles.get(person)})

    @invariant()
    def steps_rebuild_and_oracle_agree(self) -> None:
        jobs.drain()
        assert not Touched.objects.filter(team_id=self.ledger.team.pk).exists()
        expected, by_steps = self.ledger.rows(), stored(self.ledger.team)
        assert by_steps == expected
        with transaction.atomic():
            rebuild(self.ledger.team)
            assert stored(self.ledger.team) == expected
            transaction.set_rollback(True)

    @invariant()
    def the_next_day_that_changes_something_is_known(self) -> None:
        team, counted = self.ledger.team, Counted.objects.get(team=self.ledger.team)
        days = {day for ends in Span.objects.filter(team_id=team.pk).values_list("from_on", "until_on") for day in ends}
        true_to = Measurement.objects.filter(team=team).values_list("valid_until", flat=True)
        days |= {day + DAY for day in true_to if day}
        days.add(counted.counted_on + timedelta(days=7 - counted.counted_on.weekday()))
        assert counted.changes_on == min(day for day in days if day > counted.counted_on)

    def a_rebuild_changes_nothing(self) -> None:
        """Not after each change: the measures are most of the work."""
        kept = self.everything()
        with transaction.atomic():
            recount.recount(self.ledger.team.pk, rebuild=True)
            rebuilt = self.everything()
            transaction.set_rollback(True)
        for before, after in zip(kept, rebuilt, strict=True):
            assert before == after

    def everything(self) -> tuple[set[object], ...]:
        """Spans, weekly rows, and the values of measures."""
        team = self.ledger.team
        measures = Measurement.objects.filter(team=team).values_list("measure", "window_days", "value", "reason")
        return {*stored(team)}, {*weeks(self.ledger)}, {*measures}

    @invariant()
    def the_waterfall_adds_up_to_what_the_oracle_counts(self) -> None:
        told = {(row[0], row[1], row[2]): row[3:] for row in weeks(self.ledger)}
        ids = {"": 0, **{name: pathway.pk for name, pathway in self.ledger.pathways.items()}}
        spans = self.ledger.spans().values()
        for population, bit in (("volunteers", 1), ("staff", 2), ("people", 4)):
            for pathway, pk in ids.items():
                before = [0, 0, 0]
                for week in sorted(week for of, who, week in told if (of, who) == (pk, population)):
                    new, *rest = told[pk, population, week]
                    begun = [runs[0][0] for each in spans if (runs := each.get((pathway, 0, bit)))]
                    assert new == sum(week - 6 * DAY <= day <= min(week, clock.today()) for day in begun)
                    for place, level in enumerate((1, 2, 3)):
                        stock, converted, returned, lapsed = rest[4 * place : 4 * place + 4]
                        assert before[place] + converted + returned - lapsed == stock
                        assert stock == standing(spans, pathway, bit, level, min(week, clock.today()))
                        before[place] = stock
                assert bool(spans) or before == [0, 0, 0]


def weeks(ledger: Ledger) -> list[tuple[Any, ...]]:
    """Pathway, population, week, new; then for each level its stock and its three flows."""
    levels = [
        name
        for level in ("casual", "active", "core")
        for name in (level, f"{level}_converted", f"{level}_returned", f"{level}_lapsed")
    ]
    return list(
        WeeklyCount.objects.filter(team=ledger.team).values_list("pathway_id", "population", "week", "new", *levels)
    )


def standing(spans: Iterable[oracle.Spans], pathway: str, bit: int, level: int, day: date) -> int:
    """How many people are at the level or above it on a day."""
    return sum(
        any(since <= day < until for above in range(level, 4) for since, until in each.get((pathway, above, bit), []))
        for each in spans
    )


@pytest.mark.usefixtures("uploads")
def test_any_changes_in_any_order() -> None:
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(max_examples=HISTORIES, stateful_step_count=CHANGES, suppress_health_check=list(HealthCheck)),
    )
