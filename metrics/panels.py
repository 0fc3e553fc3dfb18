"""What this app adds to a pathway's page: what becomes of its people."""

from metrics.cohorts import Asked
from metrics.evidence import Evidence
from metrics.outcomes import Outcomes, outcomes_of
from pathways.models import Pathway
from pathways.panels import panel
from teams.models import Population


@panel("metrics/_outcomes.html")
def outcomes(pathway: Pathway, population: Population) -> Outcomes:
    """Conversion by cohort, times to a level, retention. Five queries."""
    return outcomes_of(Asked(pathway.team, Evidence(pathway.team).as_of, population, pathway))
