"""Write all figures of a team or pathway as JSON."""

import json

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics.figures import POPULATIONS, figures
from pathways.models import Pathway
from teams.models import Team


class Command(BaseCommand):
    """`manage.py export_figures TEAM [--pathway SLUG] [--population all|people|volunteers]`."""

    help = "Write all figures of a team or pathway as JSON, one top-level key a line."

    def add_arguments(self, parser: CommandParser) -> None:
        """Team, pathway, population."""
        parser.add_argument("team", help="The team's address (slug).")
        parser.add_argument("--pathway", help="The pathway's address (slug); the whole team without it.")
        parser.add_argument(
            "--population",
            choices=list(POPULATIONS),
            default="people",
            help="all: bots too. people: no bots. volunteers: neither bots nor acts of staff.",
        )

    def handle(self, *args: object, **options: str) -> None:
        """Print them."""
        team = Team.objects.filter(slug=options["team"]).first()
        if team is None:
            raise CommandError(f"There is no team {options['team']}.")
        pathway = Pathway.objects.filter(team=team, slug=options["pathway"]).first() if options["pathway"] else None
        if options["pathway"] and pathway is None:
            raise CommandError(f"{team} has no pathway {options['pathway']}.")
        found = figures(team, pathway=pathway, population=options["population"])
        lines = [f"{json.dumps(key)}:{json.dumps(value, ensure_ascii=False)}" for key, value in found.items()]
        self.stdout.write("{\n" + ",\n".join(lines) + "\n}")
