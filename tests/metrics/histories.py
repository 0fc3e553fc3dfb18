"""Random people with random pasts, in the database and for the oracle: what the tests of cohorts and months share."""

from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from metrics.cohorts import Asked
from pathways.models import Affiliation, Contributor
from teams.models import Population
from tests import oracle
from tests.factories import CommunityRoleFactory, ContributorFactory, PathwayFactory, PointFactory, TeamFactory
from tests.metrics.acts import act, rebuild

DAY = timedelta(days=1)
FIRST = date(2024, 1, 3)
BITS = {Population.VOLUNTEERS: 1, Population.STAFF: 2, Population.PEOPLE: 4}

quickly = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

LEADERS = st.sampled_from([frozenset[str](), frozenset({"leader"})])
#: Windows short enough that people lapse and return, and one in which somebody can drift.
rule_sets = st.fixed_dictionaries(
    {
        "a": st.tuples(
            st.builds(oracle.Rule, st.just(1), w=st.sampled_from([20, 60])),
            st.builds(oracle.Rule, st.just(2), n=st.sampled_from([1, 2, 3]), w=st.sampled_from([30, 200, 365])),
            st.builds(
                oracle.Rule,
                st.just(3),
                n=st.sampled_from([1, 4]),
                w=st.just(90),
                roles=LEADERS,
            ),
        ).map(list),
        "b": st.tuples(
            st.builds(oracle.Rule, st.just(2), n=st.just(2), d=st.sampled_from([1, 2]), w=st.sampled_from([45, 365]))
        ).map(list),
    }
)
days = st.one_of(st.integers(0, 60), st.integers(0, 500)).map(lambda number: FIRST + number * DAY)
acts = st.lists(st.builds(oracle.Act, days, pathway=st.sampled_from(["a", "a", "b"])), min_size=1, max_size=9)
persons = st.builds(
    oracle.Person,
    acts,
    st.lists(st.builds(oracle.Held, st.just("leader"), days), max_size=1),
    st.sampled_from([False, False, False, True]),
)
#: (person, from which day on they are staff)
crowds = st.lists(st.tuples(persons, st.one_of(st.none(), days)), min_size=1, max_size=7)
as_ofs = st.integers(0, 700).map(lambda number: FIRST + number * DAY)


class Past:
    """A team of two pathways with a crowd, its spans derived; and the same for the oracle."""

    def __init__(self, rules: dict[str, list[oracle.Rule]], crowd: list[tuple[oracle.Person, date | None]]) -> None:
        self.team, self.rules = TeamFactory.create(), rules
        self.pathways = {name: PathwayFactory.create(team=self.team) for name in rules}
        for name, mine in rules.items():
            for rule in mine:
                PointFactory.create(
                    pathway=self.pathways[name],
                    level=rule.level,
                    n=rule.n,
                    d=rule.d,
                    m=rule.m,
                    w=rule.w,
                    roles=[*rule.roles],
                )
        self.ids = [self._join(person, staff) for person, staff in crowd]
        self.people = [oracle.Person(_told(person, staff), person.roles, person.bot) for person, staff in crowd]
        self.spans = [oracle.spans(person, rules) for person in self.people]
        rebuild(self.team)

    def _join(self, person: oracle.Person, staff: date | None) -> int:
        who: Contributor = ContributorFactory.create(is_bot=person.bot)
        if staff:
            Affiliation.objects.create(contributor=who, kind="staff", from_on=staff)
        for held in person.roles:
            CommunityRoleFactory.create(team=self.team, contributor=who, role=held.role, from_on=held.since)
        for name, pathway in self.pathways.items():
            act(pathway, who, *(one.day for one in person.acts if one.pathway == name))
        return who.pk

    def views(self, as_of: date) -> list[tuple[Asked, oracle.Known]]:
        """The question and the oracle's people, for every population and pathway."""
        return [
            (
                Asked(self.team, as_of, population, self.pathways.get(name)),
                oracle.Known(self.people, self.spans, bit, name),
            )
            for population, bit in BITS.items()
            for name in ("", *self.rules)
        ]


def _told(person: oracle.Person, staff: date | None) -> list[oracle.Act]:
    return [oracle.Act(one.day, one.kind, bool(staff and staff <= one.day), one.pathway) for one in person.acts]
