"""From an asked job to its result, through a real dispatcher, a real broker and a real Celery worker."""

import time
from collections.abc import Callable

import pytest

from lifecycle import jobs
from lifecycle.models import Job
from metrics.models import Drift
from teams.models import Measurement
from tests.factories import CheckInFactory, TeamFactory
from tests.processes import DISPATCHER, WORKER, running

pytestmark = pytest.mark.django_db(transaction=True)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_a_change_is_counted_by_a_worker_without_anybody_asking() -> None:
    team = TeamFactory.create()
    with running(DISPATCHER, WORKER):
        assert wait_for(lambda: Measurement.objects.filter(team=team, measure="check_ins_90d", value=0).exists())
        CheckInFactory.create(team=team)
        assert wait_for(lambda: Measurement.objects.filter(team=team, measure="check_ins_90d", value=1).exists())
        assert wait_for(lambda: not Job.objects.exclude(state="done").exists())
    team.refresh_from_db()
    assert Measurement.objects.filter(team=team, data_version__lt=team.facts_version).count() == 0


def test_a_wrong_number_is_an_alert_the_same_day_and_stays_as_it_is() -> None:
    team = TeamFactory.create()
    jobs.drain()
    stored = Measurement.objects.filter(team=team, measure="check_ins_90d")
    stored.update(value=7)
    jobs.ask("reconcile", jobs.daily())
    with running(DISPATCHER, WORKER):
        assert wait_for(lambda: Drift.objects.alarming().filter(team=team).exists())
    alert = Drift.objects.get()
    assert (alert.key, alert.stored, alert.derived) == ("check_ins_90d", "value 7.0000", "value 0.0000")
    assert alert.job == Job.objects.get(kind="compare").pk
    assert stored.get().value == 7


def test_a_killed_worker_loses_nothing() -> None:
    """kill -9 while jobs are due: the next worker does them all, each once."""
    teams = TeamFactory.create_batch(5)
    with running(DISPATCHER, WORKER) as (_, worker):
        assert wait_for(lambda: Job.objects.filter(state="done").exists())
        worker.kill()
        worker.wait()
        for team in teams:
            CheckInFactory.create(team=team)
        with running(WORKER):
            assert wait_for(
                lambda: Measurement.objects.filter(measure="check_ins_90d", value=1).count() == len(teams), 90
            )
    assert jobs.due().count() == 0
