"""The reconciler's rounds: everybody within a week, the alerts they leave, and what people do about those."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection

from lifecycle import jobs
from lifecycle.models import Job
from metrics import drifts, recount, rounds
from metrics.models import Comparison, Drift, Span
from pathways.models import Level
from teams.models import Measurement, Team
from tests.factories import ContributorFactory, PointFactory, TeamFactory, UserFactory
from tests.metrics.acts import act, source_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 6, 17)


def day_of(clock: time_machine.Traveller, day: date) -> list[int]:
    """One day of the reconciler as beat and worker live it; the teams it compared."""
    clock.move_to(datetime.combine(day, time(3), UTC))
    Job.objects.filter(kind="compare").delete()
    jobs.ask("reconcile", day.isoformat())
    jobs.drain()
    return [int(key) for key in Job.objects.filter(kind="compare").values_list("key", flat=True)]


@pytest.fixture
def team(clock: time_machine.Traveller) -> Team:
    """A team with one active person, counted."""
    pathway = PointFactory.create(level=Level.ACTIVE).pathway
    source_of(pathway, complete_to=TODAY)
    act(pathway, ContributorFactory.create(), TODAY - DAY)
    jobs.drain()
    team: Team = pathway.team
    return team


def corrupt(team: Team, value: int = 12) -> None:
    Measurement.objects.filter(team=team, measure="leaders").update(value=value)


def test_the_round_is_asked_for_once_a_day(clock: time_machine.Traveller) -> None:
    jobs.ask_periodic()
    jobs.ask_periodic()
    assert list(Job.objects.filter(kind="reconcile").values_list("key", flat=True)) == ["2026-06-17"]


def test_every_team_is_compared_once_within_a_week(clock: time_machine.Traveller) -> None:
    teams = {TeamFactory.create().pk for _ in range(16)}
    jobs.drain()
    turns = [day_of(clock, TODAY + number * DAY) for number in range(15)]
    for begin in range(9):
        assert set().union(*turns[begin : begin + 7]) == teams  # in any seven days on end
    assert max(len(turn) for turn in turns) == 3  # a seventh of 16
    assert Comparison.objects.filter(differences=0, compared_on__isnull=False).count() == 16


def test_a_day_without_a_round_is_made_up_for(clock: time_machine.Traveller) -> None:
    teams = {TeamFactory.create().pk for _ in range(14)}
    jobs.drain()
    for number in range(7):
        day_of(clock, TODAY + number * DAY)
    compared = day_of(clock, TODAY + 9 * DAY)  # nothing on the days 7 and 8
    assert len(compared) == 6
    oldest = min(day for day in Comparison.objects.values_list("compared_on", flat=True) if day)
    assert oldest > TODAY + 9 * DAY - 7 * DAY
    assert {row.team_id for row in Comparison.objects.all()} == teams


def test_a_new_team_comes_first(clock: time_machine.Traveller) -> None:
    for _ in range(3):
        TeamFactory.create()
    jobs.drain()
    for number in range(3):
        day_of(clock, TODAY + number * DAY)
    new = TeamFactory.create()
    jobs.drain()
    assert day_of(clock, TODAY + 3 * DAY) == [new.pk]


def test_a_team_that_is_behind_is_put_off_and_stays_first(team: Team, clock: time_machine.Traveller) -> None:
    corrupt(team)
    for _ in range(7):
        TeamFactory.create()
    jobs.drain()
    act(team.pathways.get(), ContributorFactory.create(), TODAY)
    Job.objects.filter(kind="recount").update(state="dead")
    assert team.pk in day_of(clock, TODAY)
    row = Comparison.objects.get(team=team)
    assert (row.compared_on, row.put_off_at is None) == (None, False)
    assert not Drift.objects.exists()
    recount.recount(team.pk)
    assert team.pk in day_of(clock, TODAY + DAY)
    row.refresh_from_db()
    assert (row.compared_on, row.put_off_at) == (TODAY + DAY, None)


def test_a_healthy_team_leaves_no_alert(team: Team) -> None:
    rounds.compare(team.pk, run_id=7)
    row = Comparison.objects.get()
    assert (row.job, row.differences, row.spans) == (7, 0, Span.objects.count())
    assert not Drift.objects.exists()


def test_a_team_that_is_gone_is_no_error() -> None:
    rounds.compare(2_000_000)
    assert not Comparison.objects.exists()


def test_a_difference_is_an_alert_with_both_values_and_no_repair(team: Team) -> None:
    corrupt(team)
    rounds.compare(team.pk, run_id=7)
    alert = Drift.objects.alarming().get()
    assert (alert.team, alert.what, alert.key, alert.job) == (team, "measurement", "leaders", 7)
    assert (alert.stored, alert.derived) == ("value 12.0000", "value 0.0000")
    assert Measurement.objects.get(team=team, measure="leaders").value == 12
    assert not Job.objects.filter(state="queued").exists()
    assert Comparison.objects.get().differences == 1


def test_the_same_difference_stays_one_alert_and_another_is_a_new_one(team: Team) -> None:
    corrupt(team)
    rounds.compare(team.pk)
    first = Drift.objects.get()
    rounds.compare(team.pk)
    again = Drift.objects.get()
    assert (again.pk, again.found_at) == (first.pk, first.found_at)
    assert again.seen_at > first.seen_at
    corrupt(team, value=13)
    rounds.compare(team.pk)
    old, new = Drift.objects.order_by("pk")
    assert old.gone_at is not None
    assert (new.stored, new.gone_at) == ("value 13.0000", None)


def test_an_acknowledged_alert_is_quiet_until_its_values_change(team: Team) -> None:
    ann, bo = UserFactory.create(), UserFactory.create()
    corrupt(team)
    rounds.compare(team.pk)
    alert = Drift.objects.get()
    assert drifts.acknowledge(alert, by=ann)
    assert not drifts.acknowledge(alert, by=bo)
    rounds.compare(team.pk)
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.gone_at) == (ann, None)
    assert not Drift.objects.alarming().exists()
    corrupt(team, value=13)
    rounds.compare(team.pk)
    assert Drift.objects.alarming().get().stored == "value 13.0000"


def test_a_rebuild_that_a_person_asks_for_mends_and_the_alert_is_gone(team: Team) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE metrics_span SET until_on = until_on + 7 WHERE level = 2")
    rounds.compare(team.pk)
    assert Drift.objects.alarming().count() == 2  # in the pathway, and in the team
    job = drifts.ask_rebuild(team)
    jobs.drain()
    assert Measurement.objects.filter(team=team, job=job).exists()
    assert not Drift.objects.standing().exists()
    assert Drift.objects.filter(gone_at__isnull=False, derived__contains="first").count() == 2


def test_where_too_much_differs_to_be_told_nothing_is_said_to_be_gone(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("metrics.reconcile.FIRST", "metrics.drifts.FIRST"):
        monkeypatch.setattr(name, 2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE metrics_span SET until_on = until_on + 7 WHERE level = 2")
        rounds.compare(team.pk)
        cursor.execute("UPDATE metrics_span SET is_first = false WHERE level = 0")
    rounds.compare(team.pk)
    assert Comparison.objects.get().differences == 2
    assert Drift.objects.standing().count() == 3
