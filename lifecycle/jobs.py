"""The outbox: work is asked for in the asker's own transaction, and done at least once, by one worker at a time.

State lives in PostgreSQL. A `Job` row is inserted beside the change that needs it; the dispatcher rings Celery
with its id; a worker claims it by a conditional UPDATE with a lease, works, and finishes it in the transaction of
the result. So a lost, doubled, late or wiped message changes nothing, and a crash loses nothing:

* crash before the commit: neither result nor finish is there, the lease runs out, the job is claimed again;
* lease lost (the worker stood still too long): the finish is fenced by the lease's id, its result rolls back.

Attempts are counted at the claim, before the work: a job that kills its worker is dead after five.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Now

from lifecycle import clock
from lifecycle.heartbeat import Heartbeat
from lifecycle.models import Job

log = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 5
LEASE_SECONDS: Final = 30
#: An unclaimed job is rung for again after so many seconds: the message may be lost.
RING_AGAIN_SECONDS: Final = 60
CHANNEL: Final = "lifecycle_job"


class Fenced(Exception):
    """The lease was lost while the work was done: somebody else has the job, this result is void."""


@dataclass
class Run:
    """One attempt at a job, as its handler sees it."""

    id: int
    kind: str
    key: str
    attempt: int
    heartbeat: Heartbeat

    def progress(self, done: int, total: int) -> None:
        """Say how far the work has come; seen at once by everybody, and renews the lease."""
        self.heartbeat.progress = (done, total)


Handler = Callable[[Run], None]
_handlers: dict[str, Handler] = {}
_periodic: dict[str, Callable[[], str]] = {}


def handles(kind: str, *, every: Callable[[], str] | None = None) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job. With `every`, a job is asked for once per key that it returns."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        if every is not None:
            _periodic[kind] = every
        return handler

    return register


def kinds() -> list[str]:
    """Every kind of job that has a handler."""
    return sorted(_handlers)


def daily() -> str:
    """The key of a job that is due once a UTC day."""
    return clock.today().isoformat()


def hourly() -> str:
    """The key of a job that is due once an hour."""
    return f"{clock.now():%Y-%m-%dT%H}"


def ask(kind: str, key: str) -> int:
    """Ask for work in the caller's transaction; the id of the queued job. Asking twice before it starts is once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH asked AS (
                INSERT INTO lifecycle_job (kind, key) VALUES (%s, %s)
                ON CONFLICT (kind, key) WHERE state = 'queued'
                    DO UPDATE SET run_after = least(lifecycle_job.run_after, now())
                RETURNING id
            )
            SELECT id, pg_notify(%s, '') FROM asked
            """,
            [kind, key, CHANNEL],
        )
        job_id: int = cursor.fetchone()[0]
    return job_id


def ask_periodic() -> None:
    """Ask for every periodic job whose period has no job yet. Two askers at once do no harm: jobs are idempotent."""
    for kind, key_of in _periodic.items():
        key = key_of()
        if not Job.objects.filter(kind=kind, key=key).exists():
            ask(kind, key)


def _ago(seconds: int) -> Func:
    """The database's now, less so many seconds."""
    return Func(Value(seconds), template="now() - make_interval(secs => %(expressions)s)")


def due() -> QuerySet[Job]:
    """Jobs that somebody should start: queued and due, or left behind by a worker whose lease has run out."""
    waiting = Q(state=Job.State.QUEUED, run_after__lte=Now())
    left = Q(state=Job.State.RUNNING, lease_until__lt=Now())
    return Job.objects.filter(waiting | left).order_by("id")


def take_to_ring(limit: int = 100) -> list[int]:
    """Ids of due jobs that nobody has been rung for lately, marked as rung. Dispatchers do not wait for each other."""
    with transaction.atomic():
        quiet = due().filter(Q(rung_at__isnull=True) | Q(rung_at__lt=_ago(RING_AGAIN_SECONDS)))
        ids = list(quiet.select_for_update(skip_locked=True).values_list("id", flat=True)[:limit])
        Job.objects.filter(id__in=ids).update(rung_at=Now())
    return ids


def not_rung(ids: list[int]) -> None:
    """The broker did not take these: ring for them again at the next round."""
    Job.objects.filter(id__in=ids, state=Job.State.QUEUED).update(rung_at=None)


def _claim(job_id: int) -> Job | None:
    """Take a due job under a new lease and count the attempt; None when it is not to be had."""
    lease = uuid.uuid4()
    taken = due().filter(id=job_id, attempts__lt=MAX_ATTEMPTS).order_by()
    if taken.update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        lease=lease,
        lease_until=_ago(-LEASE_SECONDS),
        started_at=Now(),
        progress=0,
        total=0,
    ):
        return Job.objects.get(id=job_id)
    # Due, but out of attempts: its workers died before they could say why.
    due().filter(id=job_id, attempts__gte=MAX_ATTEMPTS).order_by().update(
        state=Job.State.DEAD, finished_at=Now(), error="The worker ended without a word, too often."
    )
    return None


def run(job_id: int, *, reraise: bool = False) -> bool:
    """Claim and do one job in this process. True when it is done; False when it is not to be had, or failed.

    A failure is written on the job, which is due again after 5, 10, 20 and 40 seconds, and then dead. With
    `reraise`, the failure is raised as well (commands and tests want to see it).
    """
    job = _claim(job_id)
    if job is None:
        return False
    try:
        with Heartbeat(job.id, job.lease, LEASE_SECONDS) as heartbeat, transaction.atomic():
            _handlers[job.kind](Run(job.id, job.kind, job.key, job.attempts, heartbeat))
            finished = Job.objects.filter(id=job.id, lease=job.lease, state=Job.State.RUNNING).update(
                state=Job.State.DONE, finished_at=Now(), lease=None, lease_until=None, error=""
            )
            if not finished:
                raise Fenced(f"{job} lost its lease")
    except Fenced:
        log.warning("job %s (%s) lost its lease; its result is void", job.id, job)
        return False
    except Exception as error:  # whatever a handler raises belongs on its job
        log.exception("job %s (%s) failed at attempt %s", job.id, job, job.attempts)
        _fail(job, f"{type(error).__name__}: {error}")
        if reraise:
            raise
        return False
    return True


def _fail(job: Job, error: str) -> None:
    """Put a failed job back in the queue, or among the dead."""
    mine = Job.objects.filter(id=job.id, lease=job.lease)
    common = {"lease": None, "lease_until": None, "error": error[:4000]}
    with transaction.atomic():
        if job.attempts >= MAX_ATTEMPTS:
            mine.update(state=Job.State.DEAD, finished_at=Now(), **common)
        elif Job.objects.filter(kind=job.kind, key=job.key, state=Job.State.QUEUED).exists():
            # The same work was asked for again meanwhile: that job does it, with attempts of its own.
            mine.update(state=Job.State.DEAD, finished_at=Now(), **common)
        else:
            wait = 5 * 2 ** (job.attempts - 1)
            mine.update(state=Job.State.QUEUED, run_after=_ago(-wait), rung_at=None, **common)


def retry(job: Job) -> int:
    """A person asks for a dead job again; the id of the queued one."""
    return ask(job.kind, job.key)


def drain(limit: int = 1000) -> int:
    """Do everything that is due in this process, and what follows from it; how many were done. Failures are raised."""
    done = 0
    while done < limit and (job_id := due().values_list("id", flat=True).first()) is not None:
        run(job_id, reraise=True)
        done += 1
    return done
