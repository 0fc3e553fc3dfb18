"""`manage.py demo`: from nothing configured to pages that answer, and back to nothing on Ctrl-C."""

import fcntl
import os
import signal
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from types import FrameType

import redis
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from lifecycle.embedded.ground import Unavailable
from lifecycle.embedded.servers import Servers
from lifecycle.ports import Taken, free_port, let_go_of, port_number
from lifecycle.processes import programs
from lifecycle.supervisor import Ended, Supervisor

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Seconds between two looks at the servers; one that was killed is started again.
LOOK_EVERY = 5


class Stopped(KeyboardInterrupt):
    """Somebody asked for the end, by Ctrl-C or a signal."""


class Command(BaseCommand):
    """Servers, migrations, lifecycle, demo organisation, then web, worker, beat and dispatcher under one roof."""

    help = "Run the whole of Lifecycle on this machine, with a demo organisation. Data is kept between runs."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The port, also from the environment."""
        given = os.environ.get("PORT") or "0"
        parser.add_argument("--port", type=port_number, default=given, help="8000 or the next free")

    def handle(self, *args: object, port: int, **options: object) -> None:
        """Until a signal (exit 0), or until one of the processes ends by itself (exit 1)."""
        data: Path = settings.DATA_DIR
        lock = the_only_demo(data)
        servers = Servers.of_settings()
        for number in SIGNALS:
            signal.signal(number, stop)
        try:
            if port:
                let_go_of(port)
            self.say(f"PostgreSQL and Valkey: {data}" if servers.kinds else "PostgreSQL and Redis: your own")
            servers.join()
            both_answer()
            self.prepare()
            address = f"127.0.0.1:{port or free_port()}"
            lock.write_text(address, encoding="utf-8")
            self.run(servers, address)
        except Stopped:
            self.say("\nStopping.")
        except (Ended, Taken, Unavailable) as reason:
            raise CommandError(str(reason)) from reason
        finally:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)  # what is left to do takes seconds, and must be done
            servers.leave()
        self.say("Stopped. `make demo` goes on where you left off.")

    def prepare(self) -> None:
        """Bring database, lifecycle and demo organisation up to date."""
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        call_command("load_lifecycle", stdout=self.stdout)
        if not (get_user_model().objects.exists() or apps.get_model("teams", "Team").objects.exists()):
            self.say("Making the demo organisation (once) ...")
            call_command("make_demo", stdout=StringIO())  # its log-ins are said below, at every start

    def run(self, servers: Servers, address: str) -> None:
        """Start the four, say where, and watch over them."""
        data: Path = settings.DATA_DIR
        os.environ.setdefault("SITE_URL", f"http://{address}")  # how links in mails begin
        with Supervisor(data / "log") as supervisor:
            for program in programs(address=address, root=settings.BASE_DIR, data=data):
                supervisor.start(program, folder=settings.BASE_DIR)
            supervisor.wait_until(lambda: answers(f"http://{address}/readyz"), seconds=120)
            self.say(f"\nLifecycle answers at http://{address}/   (Ctrl-C stops it; logs: {supervisor.logs})\n")
            call_command("make_demo", logins=True, stdout=self.stdout)
            self.stdout.flush()
            while True:
                for _ in range(LOOK_EVERY):
                    supervisor.check()
                    time.sleep(1)
                servers.join()

    def say(self, text: str) -> None:
        """Print at once: the reader may be a pipe."""
        self.stdout.write(text)
        self.stdout.flush()


def stop(number: int, frame: FrameType | None) -> None:
    """End the demo. Once: a second Ctrl-C must not cut the tidying short."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped


def the_only_demo(data: Path) -> Path:
    """The file that says where this checkout's demo answers, locked for the life of this process."""
    data.mkdir(parents=True, exist_ok=True)
    file = data / "demo.address"
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        address = file.read_text(encoding="utf-8")
        where = f"running: http://{address}/" if address else "starting. It will say where it answers."
        raise CommandError(f"A demo of {data} is already {where}") from None
    file.write_text("", encoding="utf-8")  # where the last one answered
    return file


def both_answer() -> None:
    """Nothing, or a sentence about the server of your own that does not answer. The embedded ones just did."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CommandError(f"The database that DATABASE_URL names does not let us in: {error}".strip()) from None
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise CommandError(f"The server that REDIS_URL names does not let us in: {error}") from None


def answers(url: str) -> bool:
    """Whether the page is there and well."""
    try:
        with urllib.request.urlopen(url, timeout=10) as page:  # noqa: S310 (our own http address)
            return bool(page.status == 200)
    except (urllib.error.URLError, OSError):
        return False
