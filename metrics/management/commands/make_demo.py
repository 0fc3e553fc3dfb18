"""`manage.py make_demo`: a demo organisation from the sample data, once; `--logins` prints who can log in."""

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from metrics.demo import build
from teams.models import Team, User


class Command(BaseCommand):
    """One command; a second run changes nothing and says so."""

    help = "Make a demo organisation of eleven teams from the sample contribution history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only the reminder."""
        parser.add_argument("--logins", action="store_true", help="print the demo's log-ins and make nothing")

    def handle(self, *args: object, logins: bool, **options: object) -> None:
        """Make it if there is nothing yet, and print the log-ins."""
        if not logins:
            if Team.objects.exists() or User.objects.exists():
                raise CommandError("There are teams or accounts already; the demo organisation is for an empty one.")
            passwords = {each["username"]: _password() for each in build.plan()["people"] if "login" in each}
            with transaction.atomic():  # cut off halfway, it leaves nothing: half an organisation is nobody's demo
                teams = build.build(passwords)
                # The passwords are made here and known nowhere else; the file is its owner's alone.
                self.file.parent.mkdir(parents=True, exist_ok=True)
                self.file.touch(mode=0o600)
                self.file.write_text(json.dumps(passwords), encoding="utf-8")
            self.stdout.write(f"{len(teams)} teams made.")
        self.print_logins()

    @property
    def file(self) -> Path:
        """Where the demo's passwords are kept, so that `make demo` can print them again."""
        folder: Path = settings.DATA_DIR
        return folder / "demo-logins.json"

    def print_logins(self) -> None:
        """User name, password, and what the person is."""
        if not self.file.exists():
            return
        passwords = json.loads(self.file.read_text(encoding="utf-8"))
        for each in build.plan()["people"]:
            if password := passwords.get(each["username"]):
                self.stdout.write(f"  {each['username']:<8} {password:<22} {each['login']}")


def _password() -> str:
    return "-".join(secrets.token_hex(2) for _ in range(4))
