"""The recount of a team: its versions, its jobs, and two of it at once."""

import re
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, connections, transaction

from lifecycle import jobs
from lifecycle.models import Job
from metrics import due
from metrics.models import Span, Touched
from metrics.recount import recount
from pathways.models import Level
from teams.models import CheckIn, Measurement, Team, WeeklyCount
from tests.factories import CheckInFactory, ContributorFactory, PointFactory, TeamFactory
from tests.metrics.acts import act, source_of, stored

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 6, 17)


def current(team: Team) -> bool:
    """Whether every measurement is of the facts as they stand."""
    team.refresh_from_db()
    versions = list(Measurement.objects.filter(team=team).values_list("data_version", flat=True))
    return bool(versions) and min(versions) >= team.facts_version


def test_a_fact_asks_for_a_recount_and_the_job_does_it(clock: time_machine.Traveller) -> None:
    pathway = PointFactory.create(level=Level.ACTIVE).pathway
    source_of(pathway, complete_to=TODAY)
    jobs.drain()
    assert current(pathway.team)
    act(pathway, ContributorFactory.create(), TODAY)
    assert not current(pathway.team)
    jobs.drain()
    assert current(pathway.team)
    row = Measurement.objects.get(team=pathway.team, measure="active_contributors")
    assert row.value == 1
    assert (row.as_of, row.job) == (TODAY, Job.objects.filter(kind="recount").latest("id").pk)
    assert not Touched.objects.exists()


def test_counting_twice_changes_nothing(clock: time_machine.Traveller) -> None:
    pathway = PointFactory.create().pathway
    act(pathway, ContributorFactory.create(), TODAY)
    recount(pathway.team_id)
    before = (stored(pathway.team), list(WeeklyCount.objects.values()))
    recount(pathway.team_id)
    recount(pathway.team_id, rebuild=True)
    assert (stored(pathway.team), list(WeeklyCount.objects.values())) == before


def test_a_team_that_is_gone_is_no_error() -> None:
    recount(2_000_000)


def test_a_day_is_due_for_whoever_it_changes(clock: time_machine.Traveller) -> None:
    point = PointFactory.create(level=Level.CASUAL, w=2)
    act(point.pathway, ContributorFactory.create(), TODAY)  # lapses on Friday, the 19th
    checked = CheckInFactory.create(held_on=TODAY - 88 * DAY).team  # leaves the window of 90 days on the 19th
    ahead = PointFactory.create(level=Level.CASUAL).pathway
    act(ahead, ContributorFactory.create(), TODAY + DAY)  # begins tomorrow
    quiet = TeamFactory.create()
    jobs.drain()
    assert due.teams(TODAY) == []
    assert due.teams(TODAY + DAY) == [ahead.team_id]
    assert due.teams(TODAY + 2 * DAY) == sorted([point.pathway.team_id, checked.pk, ahead.team_id])
    assert quiet.pk in due.teams(TODAY + 5 * DAY)  # Monday: a week is over
    assert CheckIn.objects.count() == 1


def test_a_team_that_was_never_counted_is_due(clock: time_machine.Traveller) -> None:
    team = TeamFactory.create()
    assert due.teams(TODAY) == [team.pk]
    recount(team.pk)
    assert due.teams(TODAY) == []


def test_a_team_last_counted_days_ago_is_due_by_its_own_day(clock: time_machine.Traveller) -> None:
    """Whose borders lie behind its own count is not due for them again."""
    clock.move_to(datetime(2026, 6, 15, 12, tzinfo=UTC))
    early, late = (PointFactory.create(level=Level.CASUAL, w=2).pathway for _ in range(2))
    for pathway in (early, late):
        act(pathway, ContributorFactory.create(), TODAY - 2 * DAY)  # lapses on the 17th
    jobs.drain()
    clock.move_to(datetime(2026, 6, 18, 12, tzinfo=UTC))
    recount(late.team_id)
    assert due.teams(TODAY + DAY) == [early.team_id]
    assert due.teams(TODAY + 2 * DAY) == [early.team_id]


def test_the_next_border_is_looked_up_and_no_other_spans_are_read(clock: time_machine.Traveller) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a small table would be read whole
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(
            f"EXPLAIN {due.COUNTED}",
            {"teams": [1], "today": TODAY, "monday": TODAY + 5 * DAY, "levels": Level.values},
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    for index, border in (("span_begins", "from_on"), ("span_ends", "until_on")):
        assert re.search(rf"using {index} .*\n +Index Cond: \(\(team_id = .*\({border} > '2026-06-17'::date\)", plan)


def test_the_day_change_counts_whoever_is_due(clock: time_machine.Traveller) -> None:
    pathway = PointFactory.create(level=Level.ACTIVE, w=2).pathway
    source_of(pathway, complete_to=TODAY + 30 * DAY)
    act(pathway, ContributorFactory.create(), TODAY)
    jobs.drain()
    active = Measurement.objects.filter(team=pathway.team, measure="active_contributors")
    assert active.get().value == 1
    clock.move_to(datetime(2026, 6, 19, 1, tzinfo=UTC))
    jobs.ask("day_change", "2026-06-19")
    jobs.drain()
    assert active.get().value == 0


@pytest.mark.django_db(transaction=True)
def test_a_recount_waits_for_facts_that_are_being_written() -> None:
    """The pair is put aside already, so the writer puts nothing aside: the recount must not drain it too early."""
    pathway = PointFactory.create(level=Level.CASUAL, n=2).pathway
    person = ContributorFactory.create()
    act(pathway, person, TODAY)
    written = threading.Event()

    def write() -> None:
        with transaction.atomic():
            act(pathway, person, TODAY + DAY)
            written.set()
            time.sleep(0.5)  # the facts are there, and nobody sees them yet
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(10)
    recount(pathway.team_id)
    writer.join()
    recount(pathway.team_id)
    assert Span.objects.filter(level=Level.CASUAL, pathway_id=pathway.pk).exists()
