"""Compare what is stored with what the raw facts give, and decisions with their seals, here and now; mend nothing."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics import reconcile
from teams import seals
from teams.models import Team


class Command(BaseCommand):
    """`manage.py verify [TEAM ...]`."""

    help = "Compare numbers with the raw facts, and decisions with their seals. Exits with 1 on a difference."

    def add_arguments(self, parser: CommandParser) -> None:
        """Teams; all of them when none is named."""
        parser.add_argument("teams", nargs="*", help="Addresses (slugs) of teams.")

    def handle(self, *args: object, **options: object) -> None:
        """Each team under its lock, for as long as it is compared."""
        slugs = options["teams"]
        teams = Team.objects.order_by("slug")
        if isinstance(slugs, list) and slugs:
            teams = teams.filter(slug__in=slugs)
            if missing := set(slugs) - set(teams.values_list("slug", flat=True)):
                raise CommandError(f"There is no team {', '.join(sorted(missing))}.")
        compared = spans = rows = differences = 0
        for team in teams:
            found = reconcile.compare(team.pk)
            if found is None:
                self.stderr.write(f"{team.slug}: not compared, its numbers are behind its facts. Let them be counted.")
                continue
            compared, spans, rows = compared + 1, spans + found.spans, rows + found.rows
            differences += len(found.differences)
            for each in found.differences:
                stored, derived = each.stored or "no row", each.derived or "no row"
                self.stdout.write(f"{team.slug}: {each.what}, {each.key}: stored {stored}; from the facts {derived}")
        for link in seals.broken(teams):
            differences += 1
            self.stdout.write(f"{link.team}: decision {link.seq}: {link.fault}")
        said = f"{compared} of {len(teams)} teams, {spans} spans and {rows} rows compared"
        if differences:
            raise CommandError(f"{said}: {differences} differences.")
        self.stdout.write(f"{said}: no difference.")
