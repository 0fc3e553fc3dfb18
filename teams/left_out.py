"""Teams that are not in a number, and why: on the page that explains it, and as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from lifecycle.tables import Table


@dataclass(frozen=True)
class LeftOut:
    """Teams that are left out for one reason: by name, and how many `others` that the reader may not read."""

    why: str
    teams: Sequence[str]
    others: int = 0

    @property
    def number(self) -> int:
        """All of them."""
        return len(self.teams) + self.others


def table_of(name: str, found: Sequence[LeftOut], as_of: date) -> Table:
    """The same, to be taken along."""
    rows = [(each.why, each.number, "; ".join(each.teams)) for each in found]
    return Table(f"{name}-left-out", [_("Why"), _("How many"), _("Which")], rows, as_of)
