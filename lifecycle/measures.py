"""The vocabulary of measures that a gate can use: one key, one meaning, one implementation each.

The implementations live in `metrics/measures/`; a test holds the two lists against each other.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    """Keys of 1-definitions, 1.3; `explanation` is what a person reads beside the number."""

    ACTIVATORS_APPOINTED = "activators_appointed", _("Activators appointed")
    PARTNERS_AGREED = "partners_agreed", _("CBT partners agreed")
    PATHWAYS_DOCUMENTED = "pathways_documented", _("Open pathways with documentation and a steward")
    FUNNELS_CONNECTED = "funnels_connected", _("Major funnels connected")
    PROTOTYPE_CONTRIBUTORS = "prototype_contributors", _("Contributors active in prototype pathways")
    PATHWAY_ITERATIONS = "pathway_iterations", _("Recorded iterations of pathways")
    NEW_CONTRIBUTORS = "new_contributors", _("New contributors since the stage was entered")
    LEVEL_POINTS_DEFINED = "level_points_defined", _("Levels with a conversion point")
    SOURCES_CONNECTED = "sources_connected", _("Sources with a complete import in 30 days")
    ACTIVE_CONTRIBUTORS = "active_contributors", _("Active contributors")
    CORE_CONTRIBUTORS = "core_contributors", _("Core contributors")
    ACTIVE_GROWTH = "active_growth", _("Growth of active contributors since Scaling was entered")
    LEADERS = "leaders", _("Volunteers in leader roles")
    MENTORS = "mentors", _("Mentors with a mentee")
    CHECK_INS_90D = "check_ins_90d", _("Check-ins kept in 90 days")
    CORE_RETENTION = "core_retention", _("Retention of core contributors")
    ABSENCE_FACTOR = "absence_factor", _("Absence factor")
    CONTRIBUTION_JUMP = "contribution_jump", _("Contribution jump since Sustaining was entered")
    CASE_STUDIES_PUBLISHED = "case_studies_published", _("Case studies published")

    @property
    def explanation(self) -> str:
        """One sentence on what is counted, in the words of 1-definitions."""
        return str(EXPLANATIONS[self])

    @property
    def unit(self) -> str:
        """'count', 'factor' (times) or 'share' (0 to 1): how the value is written."""
        return UNITS.get(self, "count")

    @property
    def needs_data(self) -> bool:
        """Whether the value rests on contribution data, and so on the freshness of the sources."""
        return self in FROM_CONTRIBUTIONS


UNITS = {Measure.ACTIVE_GROWTH: "factor", Measure.CONTRIBUTION_JUMP: "factor", Measure.CORE_RETENTION: "share"}

FROM_CONTRIBUTIONS = frozenset(
    {
        Measure.PROTOTYPE_CONTRIBUTORS,
        Measure.NEW_CONTRIBUTORS,
        Measure.ACTIVE_CONTRIBUTORS,
        Measure.CORE_CONTRIBUTORS,
        Measure.ACTIVE_GROWTH,
        Measure.CORE_RETENTION,
        Measure.ABSENCE_FACTOR,
        Measure.CONTRIBUTION_JUMP,
    }
)

EXPLANATIONS = {
    Measure.ACTIVATORS_APPOINTED: _("Current activator memberships of the team that the person has accepted."),
    Measure.PARTNERS_AGREED: _("Current CBT partner memberships of the team that the person has accepted."),
    Measure.PATHWAYS_DOCUMENTED: _("Open pathways that have a documentation link and at least one steward."),
    Measure.FUNNELS_CONNECTED: _("Links from the team's open pathways to a major funnel of the organisation."),
    Measure.PROTOTYPE_CONTRIBUTORS: _(
        "Different people who hold the active level or above in the team's prototype pathways on the as-of day."
    ),
    Measure.PATHWAY_ITERATIONS: _(
        "Recorded iterations of the team's pathways: what changed, why, measured before and after."
    ),
    Measure.NEW_CONTRIBUTORS: _(
        "People whose first counted contribution to the team came after it entered its stage and within the window, "
        "who moved into a pathway and are connected to an opportunity."
    ),
    Measure.LEVEL_POINTS_DEFINED: _(
        "Levels (casual, active, core) that have at least one conversion point in the team's open pathways."
    ),
    Measure.SOURCES_CONNECTED: _(
        "Enabled sources of the team whose latest complete import reaches a day within the last 30 days. An old file "
        "that is imported today does not make its source fresh."
    ),
    Measure.ACTIVE_CONTRIBUTORS: _("Different people who hold the active level or above on the as-of day: a stock."),
    Measure.CORE_CONTRIBUTORS: _("Different people who hold the core level on the as-of day: a stock."),
    Measure.ACTIVE_GROWTH: _(
        "Active contributors now, divided by active contributors on the day the team entered Scaling. Both are counted "
        "today, with the same people, rules and sources. It must hold on four weekly points in a row."
    ),
    Measure.LEADERS: _("Volunteers who hold a confirmed leader role in the team."),
    Measure.MENTORS: _("People with a confirmed mentor role who have at least one mentee now."),
    Measure.CHECK_INS_90D: _("Check-ins kept in the 90 days that end on the as-of day."),
    Measure.CORE_RETENTION: _("Of the people who were core 365 days ago, the share who are core on the as-of day."),
    Measure.ABSENCE_FACTOR: _(
        "The smallest number of people who together made half of the contributions of the last 365 days."
    ),
    Measure.CONTRIBUTION_JUMP: _(
        "Active contributors now, divided by active contributors on the day the team entered Sustaining."
    ),
    Measure.CASE_STUDIES_PUBLISHED: _("Published case studies of the team."),
}


class Operator(models.TextChoices):
    """How a value is held against a threshold."""

    AT_LEAST = ">=", _("at least")
    MORE_THAN = ">", _("more than")
    AT_MOST = "<=", _("at most")
    LESS_THAN = "<", _("less than")


class Strength(models.TextChoices):
    """What an unmet criterion does to the gate."""

    REQUIRED = "required", _("required")
    ADVISED = "advised", _("advised")
    INFORMATIONAL = "informational", _("informational")
