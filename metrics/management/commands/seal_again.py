"""Seal under today's SECRET_KEY what was sealed under a former one, so that the former one can be let go."""

from django.core.management.base import BaseCommand, CommandError

from metrics import hooks
from teams import accounts


class Command(BaseCommand):
    """`manage.py seal_again`."""

    help = "Seal the secrets of webhooks and second factors under today's SECRET_KEY. Exits with 1 if one is lost."

    def handle(self, *args: object, **options: object) -> None:
        """Harmless at any time, and as often as one likes."""
        lost = 0
        for what, (sealed, unreadable) in (
            ("webhooks", hooks.seal_again()),
            ("second factors", accounts.seal_again()),
        ):
            self.stdout.write(f"{what}: {sealed} sealed under today's key, {unreadable} that no key opens")
            lost += unreadable
        if lost:
            raise CommandError(
                "What no key opens was sealed under a SECRET_KEY that is not among SECRET_KEY_FALLBACKS. "
                "Bring it back there, or make those secrets anew."
            )
