"""What is decided about acts whose days cannot be right."""

from datetime import date, timedelta

import pytest

from lifecycle import clock, jobs
from metrics import quarantine, sourcing
from metrics.models import Contribution, Source
from pathways.models import AffiliationRule
from teams.models import User
from tests.factories import UserFactory
from tests.metrics.files import deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db
SOON = int((clock.now() + timedelta(days=9)).timestamp())


@pytest.fixture
def actor() -> User:
    user: User = UserFactory.create()
    return user


def decide(source: Source, why: str, actor: User, *, counts: bool = True) -> None:
    quarantine.decide(source, why=why, counts=counts, actor=actor)
    jobs.drain()
    source.refresh_from_db()


def states(source: Source) -> list[int]:
    acts = Contribution.objects.filter(imported__source=source).order_by("occurred_at")
    return list(acts.values_list("state", flat=True))


def test_acts_before_the_start_count_as_their_own_days_say(actor: User) -> None:
    AffiliationRule.objects.create(domain="work.example")
    source = source_for(starts_on=date(2024, 2, 1))
    deliver(source, file_of(row(1), row(2, name="Bo", email="bo@work.example"), row(3, ts=-1)))
    assert states(source) == [2, 2, 2]
    decide(source, "before", actor)
    assert (source.starts_on, states(source)) == (None, [2, 0, 1])  # nothing before 1970 ever counts


def test_what_comes_later_is_decided_as_well(actor: User) -> None:
    source = source_for(starts_on=date(2024, 2, 1))
    decide(source, "before", actor)
    decide(source, "future", actor)
    deliver(source, file_of(row(1), row(2, ts=SOON)))
    assert states(source) == [0, 0]


def test_acts_of_the_future_count_on_their_days(actor: User) -> None:
    source = source_for()
    deliver(source, file_of(row(1), row(2, ts=SOON)))
    assert states(source) == [0, 3]
    decide(source, "future", actor)
    assert states(source) == [0, 0]


def test_never_is_remembered_until_somebody_says_otherwise(actor: User) -> None:
    source = source_for()
    decide(source, "future", actor, counts=False)
    deliver(source, file_of(row(1, ts=SOON)))
    assert states(source) == [3]
    decide(source, "future", actor)
    assert states(source) == [0]
    assert list(source.releases.values_list("counts", "by")) == [(True, actor.pk), (False, actor.pk)]


def test_a_start_that_is_moved_takes_acts_out_and_in_again() -> None:
    source = source_for()
    deliver(source, file_of(row(1), row(2, ts=1709251200)))  # 1 March 2024
    for starts_on, expected in ((date(2024, 2, 1), [2, 0]), (date(2024, 4, 1), [2, 2]), (None, [0, 0])):
        Source.objects.filter(pk=source.pk).update(starts_on=starts_on)
        sourcing.sort_out(source)
        jobs.drain()
        assert states(source) == expected


def test_other_sources_and_what_is_withdrawn_stay_as_they_are(actor: User) -> None:
    source = source_for(starts_on=date(2024, 2, 1))
    other = source_for(source.pathway, starts_on=date(2024, 2, 1))
    deliver(source, file_of(row(1), row(2)))
    deliver(other, file_of(row(3)))
    key = Contribution.objects.filter(imported__source=source).first().pk  # type: ignore[union-attr]
    Contribution.objects.filter(pk=key).update(state=Contribution.State.WITHDRAWN)
    decide(source, "before", actor)
    assert sorted(states(source)) == [0, 4]
    assert states(other) == [2]
