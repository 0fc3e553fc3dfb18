"""Sections of a pathway's page that an app above adds: it registers them in a module `panels`.

So a page can show what is counted from contributions, of which this app knows nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pathways.models import Pathway
from teams.models import Population

#: Of a pathway and a population, what the section's template shows as `told`. A fixed number of queries.
Teller = Callable[[Pathway, Population], object]
_tellers: dict[str, Teller] = {}


@dataclass(frozen=True)
class Panel:
    """A section, ready to be included."""

    template: str
    told: object


def panel(template: str) -> Callable[[Teller], Teller]:
    """Adds a section with its template."""

    def added(teller: Teller) -> Teller:
        _tellers[template] = teller
        return teller

    return added


def panels_of(pathway: Pathway, population: Population) -> list[Panel]:
    """The sections of one pathway."""
    return [Panel(template, teller(pathway, population)) for template, teller in _tellers.items()]
