"""Count teams again, here and now, or by the workers."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics import rebuilds, recount
from teams.models import Team


class Command(BaseCommand):
    """`manage.py recount [TEAM ...] [--rebuild] [--by-workers]`."""

    help = "Count teams again (all of them when none is named). With --rebuild, derive every span anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """Teams, how thoroughly, and by whom."""
        parser.add_argument("teams", nargs="*", help="Addresses (slugs) of teams.")
        parser.add_argument("--rebuild", action="store_true", help="Derive every span anew, not only the touched.")
        parser.add_argument("--by-workers", action="store_true", help="Ask for it, and do not wait.")

    def handle(self, *args: object, **options: object) -> None:
        """One transaction a batch; a team that cannot be counted keeps no other from it."""
        slugs = options["teams"]
        found = Team.objects.order_by("pk")
        if isinstance(slugs, list) and slugs:
            found = found.filter(slug__in=slugs)
            if missing := set(slugs) - set(found.values_list("slug", flat=True)):
                raise CommandError(f"There is no team {', '.join(sorted(missing))}.")
        teams = {team.pk: team for team in found}
        rebuild = bool(options["rebuild"])
        if options["by_workers"]:
            asked = (
                rebuilds.ask() if rebuild and not slugs else recount.ask([*teams], "rebuild" if rebuild else "recount")
            )
            self.stdout.write(f"Asked for {asked} jobs.")
            return
        failed: dict[int, Exception] = {}
        for batch in rebuilds.batches(teams):
            failed |= rebuilds.here(batch, rebuild=rebuild)
            for team_id in batch:
                if team_id not in failed:
                    self.stdout.write(f"{teams[team_id]}: counted.")
        if failed:
            raise CommandError("; ".join(f"{teams[team_id]}: {error}" for team_id, error in failed.items()))
