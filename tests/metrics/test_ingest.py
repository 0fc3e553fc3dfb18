"""From rows to contributions: once each, in the right state, under the right kind and person."""

import random
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from lifecycle import jobs
from metrics.models import Contribution, Import, Source
from pathways.models import Affiliation, AffiliationRule, Contributor, Kind
from teams.models import Team
from tests.factories import KindFactory, PathwayFactory
from tests.metrics.files import DAY, NOON, deliver, file_of, joined, lines, row, sample, source_for

pytestmark = pytest.mark.django_db


def facts(team: Team) -> set[tuple[Any, ...]]:
    """What counts of a team's contributions, without their own keys."""
    return {
        (day, occurred_at, contributor, kind, state)
        for day, occurred_at, contributor, kind, state in Contribution.objects.filter(team=team).values_list(
            "day", "occurred_at", "contributor", "kind", "state"
        )
    }


def test_a_file_becomes_contributions() -> None:
    source = source_for()
    delivery = deliver(source, file_of(row(1), row(2, ts=NOON + DAY), row(3, name="Bo", email="bo@home.example")))
    assert (delivery.state, delivery.rows, delivery.new, delivery.duplicate) == (Import.State.DONE, 3, 3, 0)
    first = Contribution.objects.select_related("contributor", "kind").get(contributor__name="Bo")
    assert (first.team, first.pathway, first.imported.source) == (source.team, source.pathway, source)
    assert (first.imported, first.kind.key) == (delivery, "commit")
    assert first.occurred_at == datetime(2024, 1, 10, 12, tzinfo=UTC)
    assert first.day == date(2024, 1, 10)
    assert Contributor.objects.count() == 2
    source.refresh_from_db()
    assert source.complete_to == date(2024, 1, 11)


def test_the_same_file_twice_adds_nothing() -> None:
    source, content = source_for(), sample("boundary/events.csv")
    first, second = deliver(source, content), deliver(source, content)
    assert (first.rows, first.new, first.duplicate) == (210, 208, 2)
    assert (second.state, second.new, second.duplicate) == (Import.State.DONE, 0, 210)
    assert Contribution.objects.count() == 208


def test_of_what_is_known_already_nobody_asks_who_did_it() -> None:
    source = source_for()
    deliver(source, file_of(row(1)))
    again = deliver(source, file_of(row(1, name="Bo", email="bo@home.example")))
    assert (again.new, again.duplicate) == (0, 1)
    assert list(Contributor.objects.values_list("name", flat=True)) == ["Ann"]


def test_one_contribution_through_two_sources_of_a_team_counts_once() -> None:
    one = source_for()
    other = source_for(PathwayFactory.create(team=one.team))
    deliver(one, file_of(row(1)))
    assert deliver(other, file_of(row(1), row(2))).new == 1


def test_two_teams_and_two_kinds_are_apart() -> None:
    source = source_for()
    deliver(source, file_of(row(1)))
    assert deliver(source_for(), file_of(row(1))).new == 1
    KindFactory.create(key="review")
    assert deliver(source, file_of("c1,Ann,1,review", header="commit,name,author_ts,kind")).new == 1


def test_a_redelivery_with_another_time_leaves_the_first_and_says_so() -> None:
    source = source_for()
    deliver(source, file_of(row(1)))
    again = deliver(source, file_of(row(2), row(1, ts=NOON + DAY)))
    assert (again.new, again.duplicate) == (1, 1)
    assert [(note["line"], note["reason"]) for note in again.errors] == [
        (3, "Came before with another time; the first one stands.")
    ]
    assert set(Contribution.objects.values_list("day", flat=True)) == {date(2024, 1, 10)}


def test_of_one_id_twice_in_a_file_the_first_stands() -> None:
    delivery = deliver(source_for(), file_of(row(1, ts=NOON + DAY), row(1, ts=NOON)))
    assert (delivery.new, delivery.duplicate, len(delivery.errors)) == (1, 1, 1)
    assert Contribution.objects.get().day == date(2024, 1, 11)


@pytest.mark.usefixtures("clock")
def test_impossible_days_are_kept_and_not_counted() -> None:
    source = source_for(starts_on=date(2024, 1, 10))
    noon = int(datetime(2026, 6, 17, 12, tzinfo=UTC).timestamp())
    times = {1: NOON - DAY, 2: NOON, 3: noon + DAY, 4: noon + 2 * DAY}
    delivery = deliver(source, file_of(*(row(number, ts=ts) for number, ts in times.items())))
    assert (delivery.new, delivery.quarantined) == (4, 2)
    states = [c.state for c in Contribution.objects.order_by("occurred_at")]
    assert states == [
        Contribution.State.BEFORE_START,
        Contribution.State.COUNTED,
        Contribution.State.COUNTED,
        Contribution.State.IN_FUTURE,
    ]
    source.refresh_from_db()
    assert source.complete_to == date(2026, 6, 17)  # nothing is complete to a day that has not come


def test_an_unknown_kind_is_kept_and_counted_apart() -> None:
    source = source_for()
    header = "commit,name,author_ts,kind"
    delivery = deliver(source, file_of("c1,Ann,1,Juggling act", "c2,Ann,1,", "c3,Ann,1,commit", header=header))
    assert (delivery.new, delivery.unknown_kind) == (3, 1)
    assert Kind.objects.get(key="juggling_act").state == Kind.State.UNKNOWN
    assert deliver(source, file_of("c9,Ann,1,juggling-act", header=header)).unknown_kind == 1


def test_staff_is_read_on_the_day_of_the_act() -> None:
    AffiliationRule.objects.create(domain="work.example", from_on=date(2024, 1, 11))
    source = source_for()
    days = [row(n, email="ann@work.example", ts=NOON + n * DAY) for n in range(3)]
    deliver(source, file_of(*days))
    assert list(Contribution.objects.order_by("day").values_list("state", flat=True)) == [0, 1, 1]
    person = Contributor.objects.get()
    Affiliation.objects.create(contributor=person, kind="volunteer", from_on=date(2024, 1, 1))
    deliver(source, file_of(row(9, email="ann@work.example", ts=NOON + 9 * DAY)))
    assert Contribution.objects.get(day=date(2024, 1, 19)).state == Contribution.State.COUNTED


def test_a_declared_day_beats_the_last_day_of_the_file_and_never_goes_back() -> None:
    source = source_for()
    deliver(source, file_of(row(1)), complete_to=date(2024, 3, 1))
    deliver(source, file_of(row(2)))
    source.refresh_from_db()
    assert source.complete_to == date(2024, 3, 1)


def test_halves_shuffled_and_delivered_twice_end_the_same() -> None:
    content = sample("profiler/events.csv.gz")
    header, rows = lines(content)
    whole, parts = source_for(), source_for()
    assert deliver(whole, content).new == 8_440

    half = len(rows) // 2
    chance = random.Random(7)
    later = rows[half:] + chance.sample(rows, len(rows) // 10)
    chance.shuffle(later)
    deliver(parts, joined(header, rows[:half]))
    second = deliver(parts, joined(header, later))
    assert second.duplicate == len(rows) // 10
    assert facts(whole.team) == facts(parts.team)
    assert Contribution.objects.filter(team=parts.team).count() == 8_440
    assert Contributor.objects.count() == 324  # addresses are 326: two are told with GitHub's number and without


def test_a_large_file_costs_no_more_queries_than_a_small_one() -> None:
    def queries(rows: int) -> int:
        content = file_of(*(row(n, email=f"p{n}@home.example") for n in range(rows)))
        delivery = deliver(source_for(), content, work=False)
        with CaptureQueriesContext(connection) as captured:
            jobs.run(delivery.job_id or 0, reraise=True)
        return len(captured)

    few, many = queries(3), queries(3_000)
    assert few <= many <= few + 2 < 60, "but for the look at tables that have grown (metrics/planner.py)"


def in_threads(work: list[Any]) -> None:
    """Do each in a thread of its own, all let go at once; what one raises is raised here."""
    gate, raised = threading.Barrier(len(work)), []

    def go(each: Any) -> None:
        try:
            gate.wait()
            each()
        except BaseException as error:  # noqa: BLE001
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def queued(sources: list[Source], content: bytes) -> Iterator[Any]:
    for source in sources:
        delivery = deliver(source, content, work=False)
        yield lambda job=delivery.job_id: jobs.run(job, reraise=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_pathway", [True, False])
def test_the_same_file_by_two_workers_at_once_adds_it_once(same_pathway: bool) -> None:
    one = source_for()
    other = source_for(one.pathway if same_pathway else PathwayFactory.create(team=one.team))
    content = file_of(*(row(n, email=f"p{n % 97}@home.example", ts=NOON + n * 60) for n in range(3_000)))
    in_threads(list(queued([one, other], content)))
    assert Contribution.objects.count() == 3_000
    news = sorted(Import.objects.values_list("new", flat=True))
    assert sum(news) == 3_000
    assert Contributor.objects.count() == 97
    doubles = Contribution.objects.values("contributor", "occurred_at").annotate(n=Count("key")).filter(n__gt=1)
    assert not doubles.exists()


def test_yesterdays_file_moves_the_teams_version() -> None:
    source = source_for()
    before = Team.objects.get(pk=source.team_id).facts_version
    deliver(source, file_of(row(1, ts=int((datetime.now(UTC) - timedelta(days=1)).timestamp()))))
    assert Team.objects.get(pk=source.team_id).facts_version > before
