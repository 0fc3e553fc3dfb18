"""manage.py forget_second_factor: lets somebody in who lost telephone and recovery codes, with no admin at hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from teams import accounts, second_factor
from teams.models import User


class Command(BaseCommand):
    """What an admin does in the list of accounts, for the day on which the last admin is the one outside."""

    help = "Take an account's second factor away. Its owner is written to; the password alone logs in again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Take it away, and say what comes next."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"No account is called {options['username']}.")
        if not second_factor.has(user):
            raise CommandError(f"The second factor of {user.username} is off already.")
        with transaction.atomic():
            accounts.forget_second_factor(user)
        self.stdout.write(f"The password of {user.username} alone logs in again.")
        if second_factor.due(user) is not None:
            self.stdout.write("A second factor is asked of this account: turn it on again after logging in.")
