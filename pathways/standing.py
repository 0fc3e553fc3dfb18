"""What people hold and did, which an app above counts from contributions: it registers here in a module `panels`.

So the list of people can show, filter and sort by what this app knows nothing of, and a pathway say where people stop;
as `panels` adds to a page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from pathways.models import Contributor, Pathway
from pathways.rules import StepSpec
from teams.models import Population, Team


@dataclass(frozen=True)
class Counted:
    """Which acts are meant: a team's, or one of its pathways'; and the as-of day."""

    team: Team
    as_of: date
    pathway: Pathway | None = None


@dataclass(frozen=True)
class Shortlist:
    """A list of people somebody should look at: its name, its address, how many stand on it."""

    label: str
    view: str
    people: int


@dataclass(frozen=True)
class Walked:
    """How far the people of a pathway came: how many went no further than each step, first who completed none."""

    as_of: date
    steps: Sequence[StepSpec]
    furthest: Sequence[int]

    def reached(self, place: int) -> int:
        """Who completed the step of that number or a later one; 0 is everybody who moved in."""
        return sum(self.furthest[place:])


#: The day on which a team's contributions are counted.
Day = Callable[[Team], date]
#: Adds to people the columns `level` (the highest held, None of nobody who ever contributed), `lapses_on`, `first_on`,
#: `last_on` and `acts` (of the 365 days that end on the as-of day). Each costs only who is shown, unless it sorts.
Columns = Callable[["QuerySet[Contributor]", Counted], "QuerySet[Contributor]"]
Shortlists = Callable[[Counted], Sequence[Shortlist]]
Walks = Callable[[Pathway, Population], Walked]


class Standing:
    """The one teller, once it has registered."""

    def __init__(self, day: Day, columns: Columns, shortlists: Shortlists, walks: Walks) -> None:
        self.day, self.columns, self.shortlists, self.walks = day, columns, shortlists, walks


_tellers: list[Standing] = []


def tells(day: Day, columns: Columns, shortlists: Shortlists, walks: Walks) -> None:
    """Registers the teller; the same module again changes nothing."""
    _tellers[:] = [Standing(day, columns, shortlists, walks)]


def counted(team: Team, pathway: Pathway | None = None) -> Counted:
    """What is meant by a team's numbers today."""
    return Counted(team, _tellers[0].day(team), pathway)


def with_columns(people: "QuerySet[Contributor]", asked: Counted) -> "QuerySet[Contributor]":
    """The people with their columns."""
    return _tellers[0].columns(people, asked)


def shortlists_of(asked: Counted) -> Sequence[Shortlist]:
    """The lists beside the whole one, with their counts. A fixed number of queries."""
    return _tellers[0].shortlists(asked)


def walked(pathway: Pathway, population: Population) -> Walked:
    """How far people came in a pathway. A fixed number of queries."""
    return _tellers[0].walks(pathway, population)
