"""Keeps a job's lease while the work goes on, and tells everybody how far it has come."""

import logging
import threading
import uuid
from types import TracebackType
from typing import Self

from django.db import DatabaseError, connection

log = logging.getLogger(__name__)


class Heartbeat:
    """A thread with a connection of its own: the work's transaction is not seen by others until it commits.

    Most jobs end before the first beat and never open the connection. `progress` is (done, total).
    """

    BEAT_SECONDS = 0.5

    def __init__(self, job_id: int, lease: uuid.UUID | None, lease_seconds: int) -> None:
        self.progress = (0, 0)
        self._job_id, self._lease, self._lease_seconds = job_id, lease, lease_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{job_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        told, quiet = (0, 0), 0.0
        while not self._stop.wait(self.BEAT_SECONDS):
            quiet += self.BEAT_SECONDS
            if self.progress == told and quiet < self._lease_seconds / 3:
                continue
            told, quiet = self.progress, 0.0
            try:
                self._tell(told)
            except DatabaseError:  # the work's own connection will notice; the lease may run out
                log.warning("no heartbeat for job %s", self._job_id, exc_info=True)
                connection.close()
        connection.close()  # this thread's own

    def _tell(self, progress: tuple[int, int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE lifecycle_job
                SET progress = %s, total = %s, lease_until = now() + make_interval(secs => %s)
                WHERE id = %s AND lease = %s AND state = 'running'
                """,
                [*progress, self._lease_seconds, self._job_id, self._lease],
            )
