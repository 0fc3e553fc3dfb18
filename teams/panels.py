"""Sections of a team's page that an app above adds: it registers them in a module `panels`.

So a page can show what is counted from contributions, of which this app knows nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from teams.access import Access
from teams.models import Measurement, Population, Team
from teams.verdicts import Verdict


@dataclass(frozen=True)
class TeamAsked:
    """One team, as one reader sees it; with what the page has read of it, its gate and its measurements."""

    team: Team
    access: Access
    population: Population
    verdict: Verdict
    measured: Sequence[Measurement]


@dataclass(frozen=True)
class Panel:
    """A section, ready to be included."""

    template: str
    told: object


#: Of a team, what the section's template shows as `told`; None leaves the section out. A fixed number of queries.
Teller = Callable[[TeamAsked], object]
_tellers: dict[str, Teller] = {}


def team_panel(template: str) -> Callable[[Teller], Teller]:
    """Adds a section of a team's page with its template."""

    def added(teller: Teller) -> Teller:
        _tellers[template] = teller
        return teller

    return added


def panels_of(asked: TeamAsked) -> list[Panel]:
    """The sections of one team, in the order in which they were added."""
    told = [Panel(template, teller(asked)) for template, teller in _tellers.items()]
    return [panel for panel in told if panel.told is not None]
