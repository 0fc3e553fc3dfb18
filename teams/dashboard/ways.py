"""Where a condition of the gate is worked at: the page, the place on it, and what the button there says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lifecycle.measures import Measure
from teams.models import Role, Team
from teams.verdicts import Condition, Mover, Standing


@dataclass(frozen=True)
class Way:
    """A page of the team by its route ("": the team's own), an anchor on it, and the button's words."""

    page: str
    anchor: str
    action: object
    query: str = ""

    def address(self, team: Team) -> str:
        """Of the page, without the anchor; "" for the page that the reader is on."""
        return f"{reverse(self.page, args=[team.slug])}{self.query}" if self.page else ""


CONFIRM: Final = Way("", "gate", _("Confirm the baseline"))
DATA: Final = Way("metrics:data", "main", _("Go to the data"))
_PATHWAYS: Final = Way("pathways:pathways", "main", _("Go to the pathways"))
_NEAR: Final = Way("metrics:near", "main", _("See who is near"))
_PEOPLE: Final = Way("pathways:contributors", "main", _("Go to the contributors"))


def _each(measures: Iterable[Measure], way: Way) -> dict[Measure, Way]:
    return dict.fromkeys(measures, way)


#: A measure that is not here has no place but the gate.
WAYS: Final = {
    Measure.ACTIVATORS_APPOINTED: Way(
        "teams:people", "invite-h", _("Invite an activator"), f"?role={Role.ACTIVATOR.value}"
    ),
    Measure.PARTNERS_AGREED: Way("teams:people", "invite-h", _("Invite a CBT partner"), f"?role={Role.PARTNER.value}"),
    Measure.SOURCES_CONNECTED: DATA,
    Measure.NEW_CONTRIBUTORS: Way("metrics:newcomers", "main", _("See who is new")),
    Measure.CHECK_INS_90D: Way("", "check-ins", _("Add a check-in")),
    Measure.CASE_STUDIES_PUBLISHED: Way("teams:case-study", "main", _("Go to the case study")),
    **_each(
        [
            Measure.PATHWAYS_DOCUMENTED,
            Measure.FUNNELS_CONNECTED,
            Measure.PROTOTYPE_CONTRIBUTORS,
            Measure.PATHWAY_ITERATIONS,
            Measure.LEVEL_POINTS_DEFINED,
        ],
        _PATHWAYS,
    ),
    **_each([Measure.ACTIVE_CONTRIBUTORS, Measure.ACTIVE_GROWTH, Measure.CORE_CONTRIBUTORS], _NEAR),
    **_each([Measure.LEADERS, Measure.MENTORS], _PEOPLE),
}


def way_of(condition: Condition) -> Way | None:
    """Where its next step is made; None if nowhere but at the gate."""
    if condition.needs_confirmation:
        return CONFIRM
    if condition.measure is None:
        return None
    if condition.state == Standing.UNKNOWN:  # what an activator mends there is the data
        return DATA if condition.measure.needs_data and condition.move == Mover.ACTIVATOR else None
    return WAYS.get(condition.measure)
