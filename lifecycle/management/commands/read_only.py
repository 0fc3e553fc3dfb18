"""`manage.py read_only on|off`: nobody writes for a while, and everybody goes on reading."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from lifecycle import read_only


class Command(BaseCommand):
    """Switched on before what must not meet a write, and off after it."""

    help = "Let nobody write (on), or everybody again (off). Pages stay; forms say why; jobs wait."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word; without it, say how it stands."""
        parser.add_argument("switch", nargs="?", choices=["on", "off"])

    def handle(self, *args: object, switch: str | None, **options: object) -> None:
        """Switch, and say what that did."""
        if switch is None:
            self.stdout.write("read only" if read_only.is_on() else "read and write")
            return
        ended = read_only.switch(on=switch == "on")
        word = "read only" if switch == "on" else "read and write"
        self.stdout.write(f"{word} from now on; {ended} sessions ended, and begin anew so")
