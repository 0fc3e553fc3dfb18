"""The tables of a team's pages, to be taken along: each is registered under a name, here or in an app above.

An app registers in a module `tables`. A table asks what its page asks, so that both show the same.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.tables import Table
from teams.models import Population, Role, Team


@dataclass(frozen=True)
class TableAsked:
    """One table of a team, as an address asks for it."""

    team: Team
    query: QueryDict

    @property
    def population(self) -> Population:
        """Whose contributions are counted: the headline's, unless the address says otherwise."""
        asked = self.query.get("population", "")
        return Population(asked) if asked in Population.values else Population.VOLUNTEERS

    def number(self, name: str) -> int:
        """A whole number of the address. Raises Http404 if it is none."""
        value = self.query.get(name, "")
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise Http404
        return int(value)


Teller = Callable[[TableAsked], Table]


@dataclass(frozen=True)
class TeamTable:
    """What tells a table, and whose page it stands on; with no role named, that of everybody who reads the team."""

    tell: Teller
    roles: tuple[Role, ...] = ()


REGISTERED: dict[str, TeamTable] = {}


def team_table(name: str, *roles: Role) -> Callable[[Teller], Teller]:
    """Adds a table under its name, which is a part of its address. Whoever may read its page may take it along."""

    def added(teller: Teller) -> Teller:
        REGISTERED[name] = TeamTable(teller, roles)
        return teller

    return added


def of_team(
    team: Team,
    name: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    as_of: date | None = None,
    population: Population | None = None,
    definition: str = "",
) -> Table:
    """A table of a team as of a day, today by default."""
    words = str(population.label) if population else ""
    return Table(f"{team.slug}-{name}", heads, rows, as_of or clock.today(), words, definition)


def yes(it_is: bool) -> str:
    """Whether something is so, in a cell."""
    return _("yes") if it_is else _("no")
