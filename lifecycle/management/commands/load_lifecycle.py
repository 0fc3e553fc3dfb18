"""manage.py load_lifecycle: the stages and the organisation's registries, as `fixtures/` has them."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from lifecycle.loading import Report, load


def fixture_files() -> list[Path]:
    """The files of `fixtures/`, stages first: the number in a name is its place."""
    folder = Path(settings.FIXTURE_DIRS[0])
    return [*sorted((folder / "lifecycle").glob("*.json")), folder / "organisation.json"]


class Command(BaseCommand):
    """Loads all or nothing; safe to run at every deployment."""

    help = "Create or update the lifecycle's definitions from fixtures/. What an admin edited is kept, and listed."

    def handle(self, *_args: object, **_options: object) -> None:
        """Load, and say what was done."""
        self.say(load(fixture_files()))

    def say(self, report: Report) -> None:
        """One line of numbers, then one line for every edit kept."""
        self.stdout.write(f"{report.created} created, {report.changed} changed, {report.unchanged} unchanged.")
        if report.kept:
            self.stdout.write(f"{len(report.kept)} edited by an admin and kept:")
        for kept in report.kept:
            self.stdout.write(f"  {kept.thing}, {kept.field}: {kept.theirs!r} (the fixture has {kept.fixtures!r})")
