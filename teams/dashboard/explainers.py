"""Where the numbers of a team or of one of its pathways are explained, and where they are to be had as a file."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.urls import reverse
from django.utils.http import urlencode

from lifecycle import clock, tables
from teams.models import Population, Team, WeeklyCount


def day_of(week: WeeklyCount) -> date:
    """The day on which a week's stocks stand: its Sunday, or today while the week still runs."""
    return min(week.week, clock.today())


@dataclass(frozen=True)
class Explainers:
    """The addresses that explain the numbers of some people, on the day of the last count unless they say another."""

    team: Team
    population: Population
    pathway: str
    last: date

    def _address(self, name: str, on: date | None = None, **asked: str) -> str:
        # A page has some sixty: all are words, days and addresses, in which nothing has to be quoted.
        query = {"population": self.population.value, "on": (on or self.last).isoformat(), "pathway": self.pathway}
        return f"{_page(name, self.team.slug)}?{'&'.join(map('='.join, (query | asked).items()))}"

    def stock(self, level: str, on: date | None = None) -> str:
        """Who holds the level or above on a day."""
        return self._address("active-contributors", on, level=level)

    def conversions(self, level: str, first: date, last: date | None = None) -> str:
        """Who reached the level for the first time on the days first ... last."""
        return self._address("conversions", last, level=level, days=_days(first, last or self.last))

    def flow(self, flow: str, first: date) -> str:
        """Who became active or above, again, or no longer, since a day."""
        return self._address("flow", level="active", flow=flow, days=_days(first, self.last))

    def prospects(self) -> str:
        """Who is enrolled and has not contributed yet."""
        return self._address("prospects")

    def steps(self, step: int, show: str = "reached") -> str:
        """Who came as far as a step of the pathway (0: moved into it), or (`stopped`) went no further."""
        return self._address("steps", step=str(step), show=show)

    def files(self, table: str) -> dict[str, str]:
        """The numbers of a picture, by the form of the file."""
        asked = urlencode({"population": self.population.value, "pathway": self.pathway})
        return {
            form: f"{reverse(f'teams:table-{form}', args=[self.team.slug, table])}?{asked}" for form in tables.FORMS
        }


@dataclass(frozen=True)
class Shared(Explainers):
    """For readers who may not come to the team's pages, but have the key of a shared case study."""

    key: str

    def _address(self, name: str, on: date | None = None, **asked: str) -> str:
        return ""

    def files(self, table: str) -> dict[str, str]:
        """As the link froze them."""
        return tables.links("teams:shared-table", [self.key, table])


@lru_cache(maxsize=4096)
def _page(name: str, slug: str) -> str:
    return reverse(f"metrics:{name}", args=[slug])


def _days(first: date, last: date) -> str:
    return str((last - first).days + 1)
