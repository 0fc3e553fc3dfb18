"""A source that goes stale or breaks is told to those who watch its team, once."""

from datetime import timedelta

import pytest
import time_machine

from lifecycle import clock as today_is
from metrics import source_news
from metrics.models import Source
from teams.models import Notification, Team
from tests.conftest import People
from tests.factories import PathwayFactory
from tests.metrics.files import deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(people: People, clock: time_machine.Traveller) -> Source:
    return source_for(PathwayFactory.create(team=people.team), name="Repository export")


def told() -> list[tuple[str, str, str]]:
    rows = Notification.objects.order_by("user__username", "id").select_related("user", "team", "actor")
    return [(each.user.username, each.words, each.address) for each in rows]


def ends(source: Source, days: int) -> None:
    Source.objects.filter(pk=source.pk).update(complete_to=today_is.today() - timedelta(days=days))
    source_news.stale()


@pytest.mark.parametrize(("days", "number"), [(29, 0), (30, 2), (44, 2), (45, 0)])
def test_a_source_is_stale_after_thirty_days(source: Source, days: int, number: int) -> None:
    ends(source, days)
    source_news.stale()
    assert len(told()) == number
    assert {each[1:] for each in told()} <= {("The source “Repository export” is stale", "/teams/lantern/data/")}
    assert [who for who, _words, _place in told()] == ["activator", "partner"][:number]


def test_it_is_told_again_when_it_was_fresh_meanwhile(source: Source) -> None:
    for days in (35, 1, 31):
        ends(source, days)
    assert len(told()) == 4


def test_what_does_not_count_is_no_news(source: Source, people: People) -> None:
    Source.objects.filter(pk=source.pk).update(enabled=False)
    ends(source, 31)
    Source.objects.filter(pk=source.pk).update(enabled=True)
    Team.objects.filter(pk=people.team.pk).update(state=Team.State.PAUSED)
    ends(source, 31)
    assert told() == []


def test_a_file_that_cannot_be_read_is_told_to_the_others_once_a_day(source: Source, people: People) -> None:
    for number in (1, 2):
        assert deliver(source, file_of(row(number, ts="never")), actor=people.activator).state == "rejected"
    deliver(source, file_of(row()), actor=people.activator)
    (heard,) = [each for each in told() if "could not be read" in each[1]]
    assert heard[:2] == ("partner", "The source “Repository export” could not be read")
    assert heard[2].startswith("/teams/lantern/data/imports/")
