"""Ticks that the data proposes, with their evidence: shown beside an open milestone, stored by whoever ticks.

Which measure proves which milestone stands in `fixtures/proofs.json`, by the milestone's key. It is one that the gate
of the milestone's stage asks for too: what is read for the gate is not read again.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.days import in_words
from lifecycle.measures import Measure, Operator
from teams import wording
from teams.milestone_state import MilestoneState, State
from teams.models import Measurement, Team
from teams.verdicts import Verdict


@dataclass(frozen=True)
class Rule:
    """A measure that proves a milestone while it lies between two bounds, both included."""

    measure: Measure
    at_least: int
    at_most: int | None

    def proven_by(self, value: Decimal) -> bool:
        """Whether the value does."""
        return self.at_least <= value and (self.at_most is None or value <= self.at_most)


@dataclass(frozen=True)
class Proof:
    """What the data says of an open milestone; `explain` is the address that explains the number."""

    evidence: str
    explain: str


@cache
def rules() -> dict[str, Rule]:
    """The measure of each milestone that a measure can prove, by the milestone's key."""
    told = json.loads((settings.BASE_DIR / "fixtures" / "proofs.json").read_text(encoding="utf-8"))
    return {key: Rule(Measure(one["measure"]), one["at_least"], one.get("at_most")) for key, one in told.items()}


def proofs_of(team: Team, states: Iterable[MilestoneState], verdict: Verdict) -> dict[int, Proof]:
    """What the data says of those milestones that are open and proven by a current number of the team's gate."""
    today = clock.today()
    known = {
        row.measurement.measure: row.measurement
        for row in verdict.conditions
        if row.measurement and not row.updating and (row.measurement.valid_until or today) >= today
    }
    found = {}
    for state in states:
        rule = rules().get(state.milestone.key)
        row = known.get(rule.measure) if rule and state.state in {State.OPEN, State.IN_PROGRESS} else None
        if rule and row and row.value is not None and rule.proven_by(row.value):
            found[state.milestone.pk] = _proof(team, rule, row, row.value)
    return found


def _proof(team: Team, rule: Rule, row: Measurement, value: Decimal) -> Proof:
    told = {
        "label": rule.measure.label,
        "have": wording.amount(rule.measure, value),
        "wanted": wording.wanted(rule.measure, Operator.AT_LEAST, Decimal(rule.at_least)),
        "most": wording.wanted(rule.measure, Operator.AT_MOST, Decimal(rule.at_most or 0)),
        "day": in_words(row.as_of),
    }
    if rule.at_most is None:
        words = _("%(label)s: %(have)s on %(day)s, wanted %(wanted)s.")
    else:
        words = _("%(label)s: %(have)s on %(day)s, wanted %(wanted)s and %(most)s.")
    return Proof(words % told, reverse("metrics:number", args=[team.slug, rule.measure.value]))
