"""`manage.py servers`: look after the embedded servers by hand."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from lifecycle.embedded.ground import Unavailable
from lifecycle.embedded.servers import Servers


class Command(BaseCommand):
    """Start, stop or ask. Every other command starts them by itself; `demo` also stops them."""

    help = "Start or stop the embedded PostgreSQL and Valkey, or say how they are."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word."""
        parser.add_argument("action", choices=["start", "stop", "status"])

    def handle(self, *args: object, action: str, **options: object) -> None:
        """Do it, then say what stands."""
        servers = Servers.of_settings()
        if not servers.kinds:
            self.stdout.write("DATABASE_URL and REDIS_URL name servers of your own; there are none to look after.")
            return
        try:
            if action == "start":
                servers.join()
                servers.leave(stop=False)
            elif action == "stop" and not servers.stop():
                raise CommandError("The servers are in use, by `manage.py demo` or another command. End that first.")
            for name, answers in servers.answering().items():
                self.stdout.write(f"{name}: {'answers' if answers else 'stopped'}")
        except Unavailable as reason:
            raise CommandError(str(reason)) from reason
