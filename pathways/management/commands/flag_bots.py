"""Flag the contributors that a checked list names as bots."""

import json
import re
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pathways.bots import BotList


class Command(BaseCommand):
    """`manage.py flag_bots FILE`: JSON with the keys names, emails, name_patterns, email_patterns."""

    help = "Flag the contributors that a list names as bots. What is counted follows by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        """The list."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, **options: Path) -> None:
        """Say who was flagged."""
        try:
            bots = BotList.of(json.loads(options["file"].read_text(encoding="utf-8"))).flag()
        except (OSError, ValueError, AttributeError, re.error) as problem:
            raise CommandError(f"{options['file']}: {problem}") from problem
        for bot in bots:
            self.stdout.write(f"bot: {bot}")
        self.stdout.write(f"{len(bots)} flagged.")
