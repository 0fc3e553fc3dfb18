"""The vocabulary of 1-definitions, 1.3, counted: one function for each key of `lifecycle.measures.Measure`.

A function takes the team's evidence and a window in days (0: the measure's own) and gives a Figure. Where a number
counts people, `PEOPLE` names the function that lists them; number and list are one query.
"""

from collections.abc import Callable, Mapping, Sequence

from lifecycle.measures import Measure
from metrics.evidence import Evidence
from metrics.figure import Figure
from metrics.measures import contributions, growth, newcomers, records, roles

Counter = Callable[[Evidence, int], Figure]
Lister = Callable[[Evidence, int], Sequence[int]]
Wide = Callable[[Evidence, int, int], Sequence[int]]

MEASURES: Mapping[Measure, Counter] = {
    Measure.ACTIVATORS_APPOINTED: records.activators_appointed,
    Measure.PARTNERS_AGREED: records.partners_agreed,
    Measure.PATHWAYS_DOCUMENTED: records.pathways_documented,
    Measure.FUNNELS_CONNECTED: records.funnels_connected,
    Measure.PROTOTYPE_CONTRIBUTORS: contributions.prototype_contributors,
    Measure.PATHWAY_ITERATIONS: records.pathway_iterations,
    Measure.NEW_CONTRIBUTORS: newcomers.new_contributors,
    Measure.LEVEL_POINTS_DEFINED: records.level_points_defined,
    Measure.SOURCES_CONNECTED: records.sources_connected,
    Measure.ACTIVE_CONTRIBUTORS: contributions.active_contributors,
    Measure.CORE_CONTRIBUTORS: contributions.core_contributors,
    Measure.ACTIVE_GROWTH: growth.active_growth,
    Measure.LEADERS: roles.leaders,
    Measure.MENTORS: roles.mentors,
    Measure.CHECK_INS_90D: records.check_ins_90d,
    Measure.CORE_RETENTION: contributions.core_retention,
    Measure.ABSENCE_FACTOR: contributions.absence_factor,
    Measure.CONTRIBUTION_JUMP: growth.contribution_jump,
    Measure.CASE_STUDIES_PUBLISHED: records.case_studies_published,
}

PEOPLE: Mapping[Measure, Lister] = {
    Measure.PROTOTYPE_CONTRIBUTORS: contributions.in_prototypes,
    Measure.NEW_CONTRIBUTORS: newcomers.ids,
    Measure.ACTIVE_CONTRIBUTORS: contributions.active,
    Measure.CORE_CONTRIBUTORS: contributions.core,
    Measure.ACTIVE_GROWTH: growth.grown,
    Measure.LEADERS: roles.leading,
    Measure.MENTORS: roles.mentoring,
    Measure.CORE_RETENTION: contributions.core_kept,
    Measure.ABSENCE_FACTOR: contributions.carrying,
    Measure.CONTRIBUTION_JUMP: growth.jumped,
}

#: The same lists as another population (a bit of metrics/populations.py) sees them: with whom a number would be made
#: if everybody's acts counted. The absence factor is not here, for among more people it is another question.
SEEN_BY: Mapping[Measure, Wide] = {
    Measure.PROTOTYPE_CONTRIBUTORS: contributions.in_prototypes,
    Measure.NEW_CONTRIBUTORS: newcomers.ids,
    Measure.ACTIVE_CONTRIBUTORS: contributions.active,
    Measure.CORE_CONTRIBUTORS: contributions.core,
    Measure.ACTIVE_GROWTH: growth.grown,
    Measure.CORE_RETENTION: contributions.core_kept,
    Measure.CONTRIBUTION_JUMP: growth.jumped,
}

__all__ = ["MEASURES", "PEOPLE", "SEEN_BY"]
