"""Count teams again, here and now."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics.recount import recount
from teams.models import Team


class Command(BaseCommand):
    """`manage.py recount [TEAM ...] [--rebuild]`."""

    help = "Count teams again (all of them when none is named). With --rebuild, derive every span anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """Teams, and how thoroughly."""
        parser.add_argument("teams", nargs="*", help="Addresses (slugs) of teams.")
        parser.add_argument("--rebuild", action="store_true", help="Derive every span anew, not only the touched.")

    def handle(self, *args: object, **options: object) -> None:
        """One transaction a team."""
        slugs = options["teams"]
        teams = Team.objects.order_by("slug")
        if isinstance(slugs, list) and slugs:
            teams = teams.filter(slug__in=slugs)
            if missing := set(slugs) - set(teams.values_list("slug", flat=True)):
                raise CommandError(f"There is no team {', '.join(sorted(missing))}.")
        for team in teams:
            recount(team.pk, rebuild=bool(options["rebuild"]))
            self.stdout.write(f"{team}: counted.")
