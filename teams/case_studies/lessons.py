"""What a team has changed in how people contribute, as an app above records it: it registers in a module `lessons`.

So a case study can tell of changes to pathways, of which this app knows nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from teams.models import Team


@dataclass(frozen=True)
class Change:
    """One recorded change: where, what and why, and what was measured before and after."""

    on: date
    where: str
    what: str
    why: str
    before: str
    after: str


#: Of a team, its changes in order of their days. One query.
Teller = Callable[[Team], list[Change]]
_tellers: list[Teller] = []


def tells(teller: Teller) -> Teller:
    """Adds what somebody tells of changes."""
    _tellers.append(teller)
    return teller


def changes_of(team: Team) -> list[Change]:
    """Every recorded change of a team, the earliest first."""
    return sorted((change for teller in _tellers for change in teller(team)), key=lambda change: change.on)
