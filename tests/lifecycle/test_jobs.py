"""The outbox: asked once, done by one, fenced, counted, never lost."""

import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lifecycle import jobs
from lifecycle.models import Job
from tests.factories import StageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Handlers of this test alone."""
    kept = dict(jobs._handlers)
    yield
    jobs._handlers.clear()
    jobs._handlers.update(kept)


def queued(kind: str = "probe", key: str = "1") -> Job:
    return Job.objects.get(id=jobs.ask(kind, key))


def test_asking_twice_before_it_starts_is_once() -> None:
    assert jobs.ask("probe", "1") == jobs.ask("probe", "1")
    assert Job.objects.count() == 1


def test_asking_while_it_runs_asks_for_another_run() -> None:
    """A change that comes after the running job has read must not be swallowed by it."""
    seen: list[int] = []

    @jobs.handles("probe")
    def probe(run: jobs.Run) -> None:
        seen.append(run.id)
        if len(seen) == 1:
            jobs.ask("probe", "1")

    jobs.ask("probe", "1")
    assert jobs.drain() == 2
    assert len(set(seen)) == 2


def test_an_asker_that_rolls_back_asked_for_nothing() -> None:
    with transaction.atomic():
        jobs.ask("probe", "1")
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_one_of_many_claimers_gets_the_job() -> None:
    done: list[int] = []

    @jobs.handles("probe")
    def probe(run: jobs.Run) -> None:
        done.append(run.id)

    job = queued()
    barrier = threading.Barrier(8)

    def race() -> None:
        barrier.wait()
        jobs.run(job.id)
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [job.id]
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.DONE, 1)


def test_a_result_whose_lease_was_lost_is_void() -> None:
    """The worker stood still, another took over: its late result must not be written."""

    @jobs.handles("probe")
    def probe(run: jobs.Run) -> None:
        StageFactory.create(order=7)
        Job.objects.filter(id=run.id).update(lease=uuid.uuid4())

    job = queued()
    assert jobs.run(job.id) is False
    assert not StageFactory._meta.model.objects.filter(order=7).exists()


def test_a_job_left_by_a_killed_worker_is_claimed_again() -> None:
    done: list[int] = []

    @jobs.handles("probe")
    def probe(run: jobs.Run) -> None:
        done.append(run.attempt)

    job = queued()
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(id=job.id).update(state="running", attempts=1, lease=uuid.uuid4(), lease_until=past)
    assert jobs.run(job.id) is True
    assert done == [2]


def test_a_job_under_a_living_lease_is_not_claimed() -> None:
    job = queued()
    later = timezone.now() + timedelta(seconds=30)
    Job.objects.filter(id=job.id).update(state="running", attempts=1, lease=uuid.uuid4(), lease_until=later)
    assert jobs.run(job.id) is False


def test_a_job_that_kills_its_worker_is_dead_after_five_attempts() -> None:
    job = queued()
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(id=job.id).update(state="running", attempts=5, lease=uuid.uuid4(), lease_until=past)
    assert jobs.run(job.id) is False
    job.refresh_from_db()
    assert (job.state, bool(job.error)) == (Job.State.DEAD, True)


def test_a_failure_rolls_back_waits_longer_each_time_and_ends_dead() -> None:
    @jobs.handles("probe")
    def probe(run: jobs.Run) -> None:
        StageFactory.create(order=7)
        raise ValueError("no luck")

    job = queued()
    waits = []
    for _ in range(jobs.MAX_ATTEMPTS):
        Job.objects.filter(id=job.id).update(run_after=timezone.now())
        assert jobs.run(job.id) is False
        job.refresh_from_db()
        waits.append((job.run_after - timezone.now()).total_seconds())
    assert not StageFactory._meta.model.objects.filter(order=7).exists()
    assert job.state == Job.State.DEAD
    assert job.error == "ValueError: no luck"
    assert waits[0] < waits[1] < waits[2] < waits[3]
    assert Job.objects.get(id=jobs.retry(job)).state == Job.State.QUEUED


def test_progress_is_seen_while_the_work_goes_on() -> None:
    seen: list[int] = []

    @jobs.handles("probe")
    def probe(run: jobs.Run) -> None:
        run.progress(3, 10)
        reader = threading.Thread(target=look, args=(run.id,))
        reader.start()
        reader.join()

    def look(job_id: int) -> None:
        for _ in range(600):
            if percent := Job.objects.get(id=job_id).percent:
                seen.append(percent)
                break
            threading.Event().wait(0.1)
        connection.close()

    jobs.run(queued().id)
    assert seen == [30]


def test_a_rung_job_is_not_rung_for_again_at_once_but_later() -> None:
    job = queued()
    assert jobs.take_to_ring() == [job.id]
    assert jobs.take_to_ring() == []
    Job.objects.filter(id=job.id).update(rung_at=timezone.now() - timedelta(seconds=61))
    assert jobs.take_to_ring() == [job.id]
    jobs.not_rung([job.id])
    assert jobs.take_to_ring() == [job.id]


def test_a_periodic_job_is_asked_for_once_a_period() -> None:
    @jobs.handles("probe", every=lambda: "2026-06-17")
    def probe(run: jobs.Run) -> None:
        pass

    try:
        jobs.ask_periodic()
        jobs.drain()
        jobs.ask_periodic()
        assert Job.objects.filter(kind="probe").count() == 1
    finally:
        del jobs._periodic["probe"]
