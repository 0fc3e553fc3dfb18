"""What this app adds to the pages of teams, pathways and people: what is counted from contributions."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from metrics.cohorts import Asked
from metrics.evidence import Evidence
from metrics.latest import Contributions, Made
from metrics.leadership import Leadership, leadership_of
from metrics.outcomes import Outcomes, outcomes_of
from metrics.person import PersonCounts
from metrics.person_timeline import TimelineChart, timeline_of
from metrics.shortlists import shortlists
from metrics.standing import columns, day
from metrics.steps import walked
from pathways import standing
from pathways.models import Pathway
from pathways.panels import PersonAsked, panel, person_panel
from teams.models import Population
from teams.panels import TeamAsked, team_panel

#: Contributions on a page of a person.
ACTS_A_PAGE = 15

standing.tells(day, columns, shortlists, walked)


@team_panel("metrics/_leadership.html")
def leadership(asked: TeamAsked) -> Leadership | None:
    """From the stage on that asks for it (Scaling). At most two queries."""
    return leadership_of(asked.team, asked.verdict, asked.measured)


@panel("metrics/_outcomes.html")
def outcomes(pathway: Pathway, population: Population) -> Outcomes:
    """Conversion by cohort, times to a level, retention. Five queries."""
    return outcomes_of(Asked(pathway.team, Evidence(pathway.team).as_of, population, pathway))


@dataclass(frozen=True)
class PersonPanel:
    """What is counted of a person, and the picture of it."""

    counts: PersonCounts
    chart: TimelineChart | None
    populations: list[tuple[str, str, bool]]


@person_panel("metrics/_person.html")
def person(asked: PersonAsked) -> PersonPanel:
    """Level, what is missing for the next, conversions, timeline. At most eleven queries."""
    counts = PersonCounts(asked)
    every = [("", _("all"), asked.population is None)]
    every += [(each.value, str(each.label), each == asked.population) for each in Population]
    return PersonPanel(counts, timeline_of(counts), every if counts.is_mixed or asked.population else [])


@person_panel("metrics/_contributions.html")
def contributions(asked: PersonAsked) -> Page[Made]:
    """Every contribution, a page at a time. Two queries."""
    return Paginator(Contributions(asked.contributor, asked.team), ACTS_A_PAGE).get_page(asked.page)
