"""In which order, in how many files, how often and by which source contributions come never changes a row."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifecycle import jobs
from metrics.models import Contribution, Source
from metrics.recount import recount
from pathways.models import Level
from teams.models import Team, WeeklyCount
from tests.factories import PathwayFactory, PointFactory, SourceFactory
from tests.metrics.acts import known, rebuild, stored
from tests.metrics.files import deliver, file_of
from tests.metrics.test_ingest import in_threads

DAY = timedelta(days=1)
FIRST = date(2024, 1, 20)
HEADER = "id,name,email,date,kind"
numbers = st.lists(st.integers(0, 59), min_size=1, max_size=40)


def line(number: int) -> str:
    """The same contribution whenever it is told: who, when and what follow from its number."""
    person = ["ann", "bo", "cy"][number % 3]
    day = FIRST + (number * 7 % 50) * DAY
    return f"{number},{person},{person}@home.example,{day}T23:59:59.999999+00:00,{('commit', 'review')[number % 2]}"


def two_sources() -> list[Source]:
    """Of one pathway of a team of its own, with a rule of each sort."""
    pathway = PathwayFactory.create()
    PointFactory.create(pathway=pathway, level=Level.CASUAL, w=10)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=3, d=2, w=30, kinds=[known("review").pk])
    PointFactory.create(pathway=pathway, level=Level.CORE, n=5, d=4, m=2, w=60)
    known("commit")
    return [SourceFactory.create(pathway=pathway) for _ in range(2)]


def rows(source: Source) -> tuple[Any, ...]:
    """Facts, spans and weekly rows of a source's team; a person is the same one in every team."""
    team: Team = source.team
    place = {0: 0, source.pathway_id: 1}
    facts = Contribution.objects.filter(team=team).values_list("contributor_id", "occurred_at", "kind_id", "state")
    columns = [field.name for field in WeeklyCount._meta.fields if field.name not in {"pk", "team", "pathway_id"}]
    return (
        sorted(facts),
        sorted((place[each[0]], *each[1:]) for each in stored(team)),
        sorted(
            (place[each.pathway_id], *(getattr(each, name) for name in columns))
            for each in WeeklyCount.objects.filter(team=team)
        ),
    )


@pytest.mark.django_db
@settings(
    max_examples=settings.default.max_examples // 10,  # type: ignore[union-attr]
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(numbers, st.data())
def test_order_chunks_doubles_and_sources_change_nothing(told: list[int], data: st.DataObject) -> None:
    whole, _ = two_sources()
    deliver(whole, file_of(*(line(number) for number in sorted(set(told))), header=HEADER))
    sources = two_sources()
    order = data.draw(st.permutations([*told, *data.draw(st.lists(st.sampled_from(told), max_size=5))]))
    while order:
        size = data.draw(st.integers(1, len(order)))
        chunk, order = order[:size], order[size:]
        source = data.draw(st.sampled_from(sources))
        deliver(source, file_of(*(line(number) for number in chunk), header=HEADER), work=data.draw(st.booleans()))
    jobs.drain()
    assert rows(sources[0]) == rows(whole)


@pytest.mark.django_db(transaction=True)
def test_workers_on_the_same_pairs_at_once_change_nothing() -> None:
    """Two imports that share half of their rows, and recounts by steps and anew, all let go at one moment."""
    whole, _ = two_sources()
    deliver(whole, file_of(*(line(number) for number in range(60)), header=HEADER))
    for _round in range(3):
        one, other = two_sources()
        half = [
            deliver(source, file_of(*(line(number) for number in of), header=HEADER), work=False)
            for source, of in ((one, range(40)), (other, range(59, 19, -1)))
        ]
        work: list[Callable[[], object]] = [
            *(lambda job=each.job_id: jobs.run(job, reraise=True) for each in half),
            *[partial(recount, one.team_id)] * 2,
            partial(recount, one.team_id, rebuild=True),
        ]
        in_threads(work)
        # Two workers on what has been asked for meanwhile, as two dispatchers' doubled messages would have it.
        asked = list(jobs.due().values_list("id", flat=True))
        in_threads([lambda job=job: jobs.run(job, reraise=True) for job in asked for _ in range(2)])
        jobs.drain()
        assert rows(one) == rows(whole)
        rebuild(one.team)
        assert rows(one) == rows(whole)
