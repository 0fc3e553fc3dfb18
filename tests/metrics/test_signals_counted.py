"""A signal that rests on counts: raised with the count itself, by the numbers that its explanation shows."""

from datetime import date, timedelta

import pytest

from lifecycle import jobs
from pathways.models import Level
from teams.models import Signal
from tests.conftest import People
from tests.factories import CheckInFactory, ContributorFactory, PathwayFactory, PointFactory
from tests.metrics.acts import act, source_of

TODAY = date(2026, 6, 17)
DAY = timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_a_count_raises_the_signal_whose_numbers_its_explanation_lists(people: People) -> None:
    pathway = PathwayFactory.create(team=people.team)
    PointFactory.create(pathway=pathway, level=Level.CORE, n=1, w=60)
    source_of(pathway, complete_to=TODAY)
    old, young, stays = ContributorFactory.create_batch(3)
    act(pathway, old, TODAY - 400 * DAY)  # became core before the 52 weeks, and lapsed in them
    act(pathway, young, TODAY - 100 * DAY)
    act(pathway, stays, TODAY - 390 * DAY, TODAY - 340 * DAY, TODAY - 200 * DAY, TODAY - DAY)
    CheckInFactory.create(team=people.team, held_on=TODAY)
    jobs.drain()
    signal = Signal.objects.get(kind=Signal.Kind.CORE_LAPSES)
    assert (signal.evidence["lapsed"], signal.evidence["converted"], signal.degree) == (4, 1, 3)
    client = people.client("partner")
    (row,) = client.get("/teams/lantern/").context["dashboard"].signals.open
    page = client.get(row.explain)
    assert page.context["told"].value == 4
    converted = client.get(row.explain.replace("flow=lapsed", "flow=converted"))
    assert converted.context["told"].value == 1
    act(pathway, old, TODAY - DAY)
    act(pathway, young, TODAY - DAY)
    newcomers = ContributorFactory.create_batch(4)
    for who in newcomers:
        act(pathway, who, TODAY - 2 * DAY)
    jobs.drain()
    signal.refresh_from_db()
    assert signal.state == Signal.State.ENDED
