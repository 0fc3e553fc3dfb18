"""How far people come along the steps of a pathway, against a plain loop over them, and where its numbers lead."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from metrics.cohorts import Asked
from metrics.steps import furthest, walkers
from pathways.models import Level
from teams.models import Population
from tests.conftest import People
from tests.factories import ContributorFactory, EnrolmentFactory, PathwayFactory, PointFactory, StepFactory
from tests.metrics.acts import act, known, rebuild
from tests.metrics.histories import quickly

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FIRST = date(2026, 3, 2)
KINDS = ("commit", "review")


@dataclass(frozen=True)
class Known:
    """Somebody: (day, kind) of each act, the day of enrolment with the steps done by hand, and whether a bot."""

    acts: list[tuple[int, str]]
    enrolled: int | None
    by_hand: set[int]
    is_bot: bool

    def moved_on(self, on: int) -> int | None:
        """The first of act and enrolment, up to a day."""
        begun = [*(day for day, _kind in self.acts), *([] if self.enrolled is None else [self.enrolled])]
        return None if self.is_bot else min((day for day in begun if day <= on), default=None)

    def done(self, steps: list[tuple[str, int]], on: int) -> dict[int, int | None]:
        """The completed steps with the day; None of those by hand."""
        found: dict[int, int | None] = {}
        for place, (kind, count) in enumerate(steps, 1):
            days = sorted(day for day, each in self.acts if each == kind and day <= on)
            if kind and len(days) >= count:
                found[place] = days[count - 1]
            if not kind and place in self.by_hand and self.enrolled is not None and self.enrolled <= on:
                found[place] = None
        return found


days = st.integers(0, 9)
persons = st.builds(
    Known,
    st.lists(st.tuples(days, st.sampled_from(KINDS)), max_size=5),
    st.none() | days,
    st.sets(st.integers(1, 3), max_size=2),
    st.sampled_from([False, False, False, True]),
)
step_sets = st.lists(st.tuples(st.sampled_from(["", *KINDS]), st.integers(1, 3)), max_size=3)


@settings(quickly, max_examples=6)
@given(step_sets, st.lists(persons, max_size=6), days)
@example([("", 1)], [Known([(1, "commit")], 5, {1}, is_bot=False)], 3)  # what is noted by hand waits for the enrolment
def test_people_come_as_far_as_a_loop_over_their_acts_finds(
    steps: list[tuple[str, int]], crowd: list[Known], on: int
) -> None:
    pathway = PointFactory.create(level=Level.CASUAL, n=1, w=365).pathway
    elsewhere = PathwayFactory.create(team=pathway.team)
    made = [
        StepFactory.create(pathway=pathway, order=place * 2, count=count, kinds=[known(kind).pk] if kind else [])
        for place, (kind, count) in enumerate(steps, 1)
    ]
    ids = {}
    for who in crowd:
        person = ContributorFactory.create(is_bot=who.is_bot)
        ids[person.pk] = who
        for day, kind in who.acts:
            act(pathway, person, FIRST + day * DAY, kind=kind)
        act(elsewhere, person, FIRST, kind="review")  # what is done in another pathway moves nobody here
        if who.enrolled is not None:
            enrolment = EnrolmentFactory.create(
                pathway=pathway, contributor=person, enrolled_on=FIRST + who.enrolled * DAY
            )
            enrolment.completed_steps.set(
                [step for place, step in enumerate(made, 1) if place in who.by_hand and not step.kinds]
            )
    rebuild(pathway.team)
    asked = Asked(pathway.team, FIRST + on * DAY, Population.PEOPLE, pathway)
    came: dict[int, tuple[int, int, dict[int, int | None]]] = {
        pk: (moved, max(who.done(steps, on), default=0), who.done(steps, on))
        for pk, who in ids.items()
        if (moved := who.moved_on(on)) is not None
    }
    assert furthest(asked).furthest == [
        sum(far == place for _moved, far, _done in came.values()) for place in range(len(steps) + 1)
    ]
    for place in range(len(steps) + 1):
        found = {one.contributor_id: one for one in walkers(asked, place)}
        assert set(found) == {pk for pk, (_moved, far, _done) in came.items() if far >= place}
        for pk, one in found.items():
            moved, far, done = came[pk]
            when = done.get(place)
            assert (one.moved_on, one.furthest) == (FIRST + moved * DAY, far)
            assert (one.is_done, one.done_on) == (place in done, None if when is None else FIRST + when * DAY)


def test_each_number_of_the_steps_leads_to_its_people(people: People) -> None:
    pathway = PointFactory.create(pathway__team=people.team, n=1, w=365).pathway
    commit = known("commit").pk
    for order, count in enumerate((1, 2), 1):
        StepFactory.create(pathway=pathway, order=order, name=f"Commit {count}", kinds=[commit], count=count)
    stays, goes = ContributorFactory.create_batch(2)
    act(pathway, stays, FIRST)
    act(pathway, goes, FIRST, FIRST + DAY)
    waits = EnrolmentFactory.create(pathway=pathway).contributor
    rebuild(people.team)
    client = people.client("viewer")
    page = client.get(pathway.get_absolute_url())
    rows = page.context["overview"].steps.rows
    assert [(row.people, row.stopped) for row in rows] == [(3, None), (2, 1), (1, 1)]
    for row, who in zip(rows[1:], (waits, stays), strict=True):
        reached = client.get(row.explain).content.decode()
        assert f'<strong class="figure">{row.people}</strong>' in reached
        assert f"/contributors/{goes.pk}/" in reached
        stopped = client.get(row.explain_stopped).content.decode()
        assert f'<strong class="figure">{row.stopped}</strong>' in stopped
        assert f"/contributors/{who.pk}/" in stopped
        assert f"/contributors/{goes.pk}/" not in stopped
    assert client.get("/teams/lantern/numbers/steps/?step=3").status_code == 422  # there is none
