"""`manage.py import_contributions TEAM PATHWAY FILE`: the upload form for people at a terminal."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lifecycle import jobs
from metrics import imports, reports, sourcing
from metrics.models import Import, Source
from pathways.models import Kind, Pathway
from teams.refusals import Refused

POLL_SECONDS = 0.5


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no date of the calendar in the form 2026-02-28") from None


class Command(BaseCommand):
    """Receive a file as the upload page does, wait for the worker, and print the same report."""

    help = "Import a CSV file (or .csv.gz) of contributions into a pathway of a team."
    #: What the source is that it goes through.
    of = Source.Type.CSV

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Team and pathway by their addresses."""
        parser.add_argument("team", help="the team's address, as in /teams/ADDRESS/")
        parser.add_argument("pathway", help="the pathway's address")
        self.add_own_arguments(parser)
        parser.add_argument("--complete-to", type=_day, help="last day that the file is complete to")
        parser.add_argument("--inline", action="store_true", help="do the work here, without a worker")

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """What to import, and by which source."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="CSV files", help="name of the source; made if it is not there")
        parser.add_argument("--kind", default="commit", help="kind of rows without a kind, for a new source")

    @contextmanager
    def opened(self, options: dict[str, Any]) -> Iterator["File[bytes]"]:
        """The file to be received, with its name. Raises Refused."""
        try:
            with options["file"].open("rb") as file:
                yield File(file, name=options["file"].name)
        except OSError as error:
            raise Refused(f"{options['file']}: {error.strerror}.") from error

    def tell(self, source: Source, options: dict[str, Any]) -> None:
        """Tell the source what else was said about it."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 when the file is rejected, or the import fails."""
        pathway = Pathway.objects.filter(team__slug=options["team"], slug=options["pathway"]).first()
        if pathway is None:
            raise CommandError(f"There is no pathway “{options['pathway']}” in a team “{options['team']}”.")
        kind = Kind.objects.filter(key=options["kind"], state=Kind.State.KNOWN, same_as=None).first()
        if kind is None:
            known = ", ".join(Kind.objects.filter(state=Kind.State.KNOWN, same_as=None).values_list("key", flat=True))
            raise CommandError(f"“{options['kind']}” is no known kind. Known: {known or 'none'}.")
        try:
            # In one transaction: a source without an import would keep the gate from being decided.
            with self.opened(options) as file, transaction.atomic():
                source = sourcing.source_of(pathway, name=options["source"], default_kind=kind, of=self.of)
                self.tell(source, options)
                delivery = imports.receive(
                    source, file=file, filename=file.name or "", actor=None, complete_to=options["complete_to"]
                )
        except Refused as refused:
            raise CommandError(refused.reason) from refused
        if options["inline"]:
            jobs.run(delivery.job_id or 0, reraise=True)
            jobs.drain()  # what follows from it
        self.report(self.wait(delivery))

    def wait(self, delivery: Import) -> Import:
        """Until the import has ended, saying how far it has come."""
        asked, told = time.monotonic(), ""
        while (fresh := Import.objects.select_related("job").get(pk=delivery.pk)).is_moving:
            job = fresh.job
            if reports.is_waiting(job) and time.monotonic() - asked > reports.PATIENCE.total_seconds():
                raise CommandError(
                    f"Import {fresh.pk} is received, but no worker takes it up. Start one (`manage.py demo` starts all;"
                    " or a Celery worker and `manage.py dispatch`), or use --inline."
                )
            words = f"{job.percent} %" if job and not reports.is_waiting(job) else "waiting for a worker"
            if words != told:
                self.stdout.write(words)
            told = words
            time.sleep(POLL_SECONDS)
        return fresh

    def report(self, delivery: Import) -> None:
        """Print it; a failure goes to stderr with exit status 1."""
        text = "\n".join(reports.report_of(delivery).lines())
        if delivery.standing != Import.State.DONE:
            raise CommandError(text)
        self.stdout.write(text)
