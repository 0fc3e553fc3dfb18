"""The judge of a gate: a pure function from definitions, states and numbers to a verdict (1-definitions, 1.4)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle.days import in_words
from lifecycle.measures import Measure, Operator, Strength
from lifecycle.models import Criterion, Stage
from teams import wording
from teams.milestone_state import MilestoneState, State
from teams.models import Confirmation, Measurement, Waiver
from teams.verdicts import Condition, Mover, Outcome, Standing, Verdict

#: Weekly points in a row on which growth must hold.
POINTS_WANTED = 4
#: How many teams have to show a growth before a threshold for it can be adopted.
TEAMS_FOR_A_THRESHOLD = 3
#: From this many people on, a baseline needs no partner's word.
SOUND_BASELINE = 5

GROWTH = frozenset({Measure.ACTIVE_GROWTH, Measure.CONTRIBUTION_JUMP})
#: Measures that somebody else than the activator moves.
MOVERS = {
    Measure.ACTIVATORS_APPOINTED: Mover.PARTNER,
    Measure.PARTNERS_AGREED: Mover.ADMIN,
    Measure.CHECK_INS_90D: Mover.PARTNER,
}
STRENGTHS = (Strength.REQUIRED, Strength.ADVISED, Strength.INFORMATIONAL)


def judge(
    stage: Stage,
    *,
    criteria: Iterable[Criterion],
    milestones: Iterable[MilestoneState],
    measurements: Iterable[Measurement],
    waivers: Iterable[Waiver],
    confirmations: Iterable[Confirmation],
    facts_version: int,
    today: date,
    data_version: int = 0,
) -> Verdict:
    """The verdict of a team's gate on a day, with a row per condition: required ones first.

    Open: every required condition is met or waived. Closed: one of them is known to be unmet. Cannot decide:
    none is known to be unmet, but one cannot be told (stale, unmeasured, being counted again, a small baseline
    without a partner's word); also a stage that requires nothing, for there is nothing to decide on.
    """
    measured = {(each.measure, each.window_days): each for each in measurements}
    granted = [each for each in waivers if counts(each, today)]
    confirmed = list(confirmations)
    rows = [
        _Case(
            each,
            measured.get((each.measure, each.window_days or 0)),
            next((waiver for waiver in granted if waiver.criterion_id and waiver.criterion_id == each.pk), None),
            [word for word in confirmed if word.criterion_id == each.pk],
            facts_version,
            today,
        ).row()
        for each in criteria
        if not each.retired
    ]
    rows.extend(_milestones_row(list(_flat(milestones)), granted, today))
    rows.sort(key=lambda row: STRENGTHS.index(row.strength))
    required = [row for row in rows if row.is_required]
    return Verdict(
        stage=stage,
        state=_outcome(required),
        conditions=tuple(rows),
        data_version=data_version,
        facts_version=facts_version,
        as_of=today,
        reason="" if required else _("This stage has no required condition, so there is nothing to decide on."),
    )


def counts(waiver: Waiver, today: date) -> bool:
    """Whether a waiver holds on a day: granted, up to and including its last day."""
    return waiver.state == Waiver.State.GRANTED and today <= waiver.expires_on


def _outcome(required: Sequence[Condition]) -> Outcome:
    states = {row.state for row in required}
    if states & {Standing.MISSING, Standing.IN_PROGRESS}:
        return Outcome.CLOSED
    return Outcome.UNDECIDED if not states or Standing.UNKNOWN in states else Outcome.OPEN


@dataclass(frozen=True)
class _Case:
    """One criterion, with everything that bears on it."""

    criterion: Criterion
    measurement: Measurement | None
    waiver: Waiver | None
    confirmations: Sequence[Confirmation]
    facts_version: int
    today: date

    @property
    def measure(self) -> Measure:
        return Measure(self.criterion.measure)

    @property
    def operator(self) -> Operator:
        return Operator(self.criterion.operator)

    @property
    def value(self) -> Decimal | None:
        return None if self.measurement is None or self.measurement.value is None else Decimal(self.measurement.value)

    @property
    def threshold(self) -> Decimal | None:
        return None if self.criterion.threshold is None else Decimal(self.criterion.threshold)

    @property
    def baseline(self) -> int | None:
        """The people from whom a growth started, if the measurement names them."""
        baseline = self.measurement.detail.get("baseline") if self.measurement and self.measure in GROWTH else None
        return baseline if isinstance(baseline, int) else None

    @property
    def confirmation(self) -> Confirmation | None:
        """A partner's word on this very baseline; a word on another one is void."""
        return next((word for word in self.confirmations if word.baseline == self.baseline), None)

    @property
    def behind(self) -> bool:
        """Never measured, or measured before the facts last changed."""
        return self.measurement is None or self.measurement.data_version < self.facts_version

    def untold(self) -> tuple[str, Mover] | None:
        """Why no number can be held against the threshold, and whose move that is; None if one can."""
        found = self.measurement
        if self.threshold is None:
            return _undefined(found), Mover.ADMIN
        if found is None or self.behind:
            return _("It is being counted again."), Mover.NOBODY
        if found.value is None:
            return found.reason, Mover.ACTIVATOR
        if found.valid_until is not None and self.today > found.valid_until:
            return _("The data is stale since %(day)s.") % {"day": _day(found.valid_until)}, Mover.ACTIVATOR
        return None

    def standing(self) -> tuple[Standing, str, Mover]:
        """Where it stands without any waiver: state, reason in words, whose move."""
        if untold := self.untold():
            return Standing.UNKNOWN, *untold
        if not self.holds(self.value):
            return Standing.MISSING, "", MOVERS.get(self.measure, Mover.ACTIVATOR)
        points = self.measurement.points if self.measurement else []
        held = [self.holds(_point(each)) for each in points]
        if not all(held) or (self.measure == Measure.ACTIVE_GROWTH and len(held) < POINTS_WANTED):
            return Standing.IN_PROGRESS, _in_a_row(sum(held), max(len(held), POINTS_WANTED)), Mover.ACTIVATOR
        if self.baseline is not None and self.baseline < SOUND_BASELINE and self.confirmation is None:
            return Standing.UNKNOWN, _small(self.baseline), Mover.PARTNER
        return Standing.MET, "", Mover.NOBODY

    def holds(self, value: Decimal | None) -> bool:
        """Whether a value satisfies; what is no number does not."""
        return value is not None and self.threshold is not None and wording.holds(value, self.operator, self.threshold)

    def row(self) -> Condition:
        """The row. A waiver settles it whatever the number, which is shown all the same."""
        state, reason, mover = self.standing()
        gap = ""
        if state == Standing.MISSING and self.value is not None and self.threshold is not None:
            gap = wording.gap(self.measure, self.operator, self.threshold, self.value, baseline=self.baseline)
        if self.waiver is not None and state != Standing.MET:
            state, mover, gap = Standing.WAIVED, Mover.NOBODY, _until(self.waiver.expires_on)
        return Condition(
            key=self.criterion.key,
            kind="criterion",
            label=str(self.measure.label),
            sentence=self.criterion.text,
            explanation=self.measure.explanation,
            strength=Strength(self.criterion.strength),
            state=state,
            wanted=wording.wanted(self.measure, self.operator, self.threshold),
            have=wording.have(self.measure, self.operator, self.value),
            gap=gap,
            reason=reason,
            as_of=self.measurement.as_of if self.measurement else None,
            updating=self.behind,
            moves=() if mover == Mover.NOBODY else ((mover, 1),),
            criterion=self.criterion,
            measure=self.measure,
            measurement=self.measurement,
            waiver=self.waiver if state == Standing.WAIVED else None,
            confirmation=self.confirmation,
            baseline=self.baseline,
            needs_confirmation=state == Standing.UNKNOWN and mover == Mover.PARTNER,
        )


def _milestones_row(states: Sequence[MilestoneState], waivers: Sequence[Waiver], today: date) -> list[Condition]:
    """One row for all required milestones of the stage, children counted on their own; none if none is required."""
    required = [state for state in states if state.milestone.required]
    if not required:
        return []
    waiver_of = {each.milestone_id: each for each in waivers if each.milestone_id}
    satisfied = [state for state in required if state.satisfied]
    waived = [state for state in required if not state.satisfied and state.milestone.pk in waiver_of]
    unsettled = [state for state in required if not state.satisfied and state.milestone.pk not in waiver_of]
    movers = Counter(Mover.PARTNER if state.waits_for_partner else Mover.ACTIVATOR for state in unsettled)
    if not unsettled:
        standing = Standing.WAIVED if waived else Standing.MET
    else:
        begun = len(unsettled) < len(required) or any(state.state != State.OPEN for state in unsettled)
        standing = Standing.IN_PROGRESS if begun else Standing.MISSING
    gap = ""
    if unsettled:
        gap = ngettext("%(n)d to go", "%(n)d to go", len(unsettled)) % {"n": len(unsettled)}
    elif waived:
        gap = _until(min(waiver_of[state.milestone.pk].expires_on for state in waived))
    return [
        Condition(
            key="milestones",
            kind="milestones",
            label=_("Milestones of the stage"),
            explanation=_("Required milestones done, and verified by a partner where the definition asks for it."),
            state=standing,
            wanted=_("%(n)d of %(n)d") % {"n": len(required)},
            have=str(len(satisfied)),
            gap=gap,
            as_of=today,
            moves=tuple(movers.most_common()),
            milestones=tuple(required),
            unsettled=tuple(unsettled),
            waivers=tuple(waiver_of[state.milestone.pk] for state in waived),
        )
    ]


def _flat(states: Iterable[MilestoneState]) -> Iterable[MilestoneState]:
    for state in states:
        yield state
        yield from state.children


def _point(point: object) -> Decimal | None:
    """One weekly point: a number, or `{"value": number}` with whatever else explains it."""
    value = point.get("value") if isinstance(point, dict) else point
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _small(baseline: int) -> str:
    return ngettext(
        "It started from %(n)d person: a partner has to confirm that this baseline is sound.",
        "It started from %(n)d people: a partner has to confirm that this baseline is sound.",
        baseline,
    ) % {"n": baseline}


def _undefined(measurement: Measurement | None) -> str:
    """Why a threshold is not there yet; the measure may know from how many teams one could be proposed."""
    teams = measurement.detail.get("teams") if measurement else None
    if teams is None:
        return _("The threshold is undefined until an admin adopts one.")
    if teams >= TEAMS_FOR_A_THRESHOLD:
        return _("Undefined: %(n)d teams have shown their growth; an admin adopts a threshold.") % {"n": teams}
    return _("Undefined, %(n)d of %(wanted)d teams.") % {"n": teams, "wanted": TEAMS_FOR_A_THRESHOLD}


def _in_a_row(held: int, wanted: int) -> str:
    return _("It holds on %(held)d of %(wanted)d weekly points.") % {"held": held, "wanted": wanted}


def _until(day: date) -> str:
    return _("until %(day)s") % {"day": _day(day)}


def _day(day: date) -> str:
    return in_words(day)
