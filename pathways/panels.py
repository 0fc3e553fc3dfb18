"""Sections of a pathway's and of a person's page that an app above adds: it registers them in a module `panels`.

So a page can show what is counted from contributions, of which this app knows nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pathways.models import Contributor, Pathway
from teams.models import Population, Team


@dataclass(frozen=True)
class PersonAsked:
    """One person in one team; of some of their contributions, or (None) of all. `page` is that of the longest list."""

    contributor: Contributor
    team: Team
    population: Population | None = None
    page: str = ""


#: Of a pathway and a population, what the section's template shows as `told`. A fixed number of queries.
Teller = Callable[[Pathway, Population], object]
#: The same of a person; None leaves the section out.
PersonTeller = Callable[[PersonAsked], object]
_tellers: dict[str, Teller] = {}
_person_tellers: dict[str, PersonTeller] = {}


@dataclass(frozen=True)
class Panel:
    """A section, ready to be included."""

    template: str
    told: object


def _adding(tellers: dict[str, Any], template: str) -> Callable[[Any], Any]:
    def added(teller: object) -> object:
        tellers[template] = teller
        return teller

    return added


def panel(template: str) -> Callable[[Teller], Teller]:
    """Adds a section of a pathway's page with its template."""
    return _adding(_tellers, template)


def person_panel(template: str) -> Callable[[PersonTeller], PersonTeller]:
    """Adds a section of a person's page with its template."""
    return _adding(_person_tellers, template)


def panels_of(pathway: Pathway, population: Population) -> list[Panel]:
    """The sections of one pathway."""
    return [Panel(template, teller(pathway, population)) for template, teller in _tellers.items()]


def person_panels_of(asked: PersonAsked) -> list[Panel]:
    """The sections of one person, in the order in which they were added."""
    told = [Panel(template, teller(asked)) for template, teller in _person_tellers.items()]
    return [panel for panel in told if panel.told is not None]
