"""`manage.py dispatch`: rings Celery for every job that is due. Several of them do no harm."""

import logging
import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType

import psycopg
from celery import current_app
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from lifecycle import jobs, read_only
from lifecycle.tasks import run_job

log = logging.getLogger(__name__)
POLL_SECONDS = 5


class Command(BaseCommand):
    """LISTEN, and look every five seconds anyway: a notification may be lost, a row is not."""

    help = "Ring Celery for every job that is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--once` for tests and cron, `--alive` for whoever watches over it."""
        parser.add_argument("--once", action="store_true", help="ring once for what is due, and end")
        parser.add_argument("--alive", type=Path, help="a file to touch in every round that reached the database")

    def handle(self, *args: object, once: bool, alive: Path | None, **options: object) -> None:
        """Until SIGTERM or Ctrl-C."""
        # A hung broker must not hold the dispatcher: one second, one try, and the next round tries again.
        current_app.conf.broker_transport_options = {
            **current_app.conf.broker_transport_options,
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "max_retries": 1,
        }
        self.stopping = threading.Event()
        if once:
            ring()
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self.stopping.is_set():
            try:
                self.listen(alive)
            except (DatabaseError, psycopg.Error):
                log.warning("the database does not answer; trying again", exc_info=True)
                connection.close()
                self.stopping.wait(2)

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Leave after the current round."""
        self.stopping.set()

    def listen(self, alive: Path | None) -> None:
        """Ring, then wait for a notification or the poll."""
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {jobs.CHANNEL}")
        raw = connection.connection
        while not self.stopping.is_set():
            rung = ring()
            if alive is not None:
                alive.touch()
            if rung:
                continue
            # In one-second slices, so that a signal is heeded at once.
            for _ in range(POLL_SECONDS):
                if self.stopping.is_set() or any(True for _ in raw.notifies(timeout=1, stop_after=1)):
                    break


def ring() -> int:
    """Publish the id of each due job; how many the broker took. While nothing is written, jobs wait."""
    if read_only.is_on():
        return 0
    ids = jobs.take_to_ring()
    for place, job_id in enumerate(ids):
        try:
            run_job.apply_async(args=(job_id,), retry=False)
        except (OperationalError, OSError) as error:
            log.warning("the broker does not answer: %s", error)
            jobs.not_rung(ids[place:])
            return 0
    return len(ids)
