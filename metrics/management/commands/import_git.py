"""`manage.py import_git TEAM PATHWAY PATH`: the history of a repository on this server's disk."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from django.conf import settings
from django.core.files import File

from metrics import imports, sourcing
from metrics.management.commands import import_contributions
from metrics.models import Source
from metrics.sources import repository

CHUNK: Final = 1 << 20


class Command(import_contributions.Command):
    """Write the history into a file as `git log` does, and go on as with a file that somebody has uploaded."""

    help = "Import the commits of a git repository on this server into a pathway of a team."
    of = Source.Type.GIT

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """The repository, and what of it."""
        parser.add_argument("path", help="the repository's folder, bare or not; it is read only")
        parser.add_argument("--source", default="git", help="name of the source; made if it is not there")
        parser.add_argument("--branch", default="", help="another branch than the default one")
        parser.add_argument("--no-co-authors", action="store_true", help="count the authors alone, now and later")
        parser.set_defaults(kind="commit")

    def tell(self, source: Source, options: dict[str, Any]) -> None:
        """Whether co-authors count is the source's: a log that is uploaded later is read alike."""
        if options["no_co_authors"]:
            sourcing.leave_out_co_authors(source)

    @contextmanager
    def opened(self, options: dict[str, Any]) -> Iterator["File[bytes]"]:
        """The history, once git has ended well: a file on the disk, for it may be larger than the memory."""
        with TemporaryFile() as file:
            with repository.log(options["path"], branch=options["branch"]) as stream:
                while chunk := stream.read(CHUNK):
                    file.write(chunk)
                    if file.tell() > settings.UPLOAD_LIMIT:
                        raise imports.TooLarge
            file.seek(0)
            yield File(file, name=f"{Path(options['path']).resolve().name} {options['branch']}".strip())
