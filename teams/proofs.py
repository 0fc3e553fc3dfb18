"""Ticks that the data proposes, with their evidence: shown beside an open milestone, stored by whoever ticks.

Which measure proves which milestone stands in `fixtures/proofs.json`, by the milestone's key.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.measures import Measure, Operator
from teams import wording
from teams.milestone_state import MilestoneState, State
from teams.models import Measurement, Team


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


def proofs_of(team: Team, states: Iterable[MilestoneState]) -> dict[int, Proof]:
    """What the data says of those milestones that are open and proven by a current number. One query at most."""
    open_ones = {
        state.milestone: rule
        for state in states
        if state.state in {State.OPEN, State.IN_PROGRESS} and (rule := rules().get(state.milestone.key))
    }
    if not open_ones:
        return {}
    asked = {rule.measure for rule in open_ones.values()}
    rows = Measurement.objects.filter(team=team, measure__in=asked, window_days=0, value__isnull=False)
    today = clock.today()
    known = {
        row.measure: row
        for row in rows
        if row.data_version >= team.facts_version and (row.valid_until is None or row.valid_until >= today)
    }
    return {
        milestone.pk: _proof(team, rule, row)
        for milestone, rule in open_ones.items()
        if (row := known.get(rule.measure)) and rule.proven_by(row.value or Decimal(0))
    }


def _proof(team: Team, rule: Rule, row: Measurement) -> Proof:
    told = {
        "label": rule.measure.label,
        "have": wording.amount(rule.measure, row.value or Decimal(0)),
        "wanted": wording.wanted(rule.measure, Operator.AT_LEAST, Decimal(rule.at_least)),
        "most": wording.wanted(rule.measure, Operator.AT_MOST, Decimal(rule.at_most or 0)),
        "day": date_format(row.as_of, "j M Y"),
    }
    if rule.at_most is None:
        words = _("%(label)s: %(have)s on %(day)s, wanted %(wanted)s.")
    else:
        words = _("%(label)s: %(have)s on %(day)s, wanted %(wanted)s and %(most)s.")
    return Proof(words % told, reverse("metrics:number", args=[team.slug, rule.measure.value]))
