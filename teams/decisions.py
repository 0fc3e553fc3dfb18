"""The frozen record of a decision: how it is written, read again, and held against today's numbers.

A record is plain JSON and never rewritten. It names people by the ids of their accounts alone; `readable` puts
today's names beside them.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lifecycle.measures import Measure, Operator
from lifecycle.models import Stage
from teams import wording
from teams.milestone_state import MilestoneState
from teams.models import Measurement, Membership, MilestoneEvent, Promotion, Role, Team, User, Waiver
from teams.verdicts import Condition, Standing, Verdict

#: Measures that are counted from the day on which the present stage was entered: after a move they tell of
#: another stay, so a record cannot be held against them.
OF_THE_STAY = frozenset({Measure.NEW_CONTRIBUTORS})

#: Keys of a record under which people stand.
PEOPLE_KEYS = frozenset({"requested_by", "decided_by", "asked_by", "granted_by", "by", "members"})


#: What the numbers of a team rest on, in sentences: definitions that an app above keeps, and that change.
Defines = Callable[[Team], list[str]]
_definitions: list[Defines] = []


def defines(told: Defines) -> Defines:
    """Registers definitions that are frozen with each decision. In a module `in_force` of an app above."""
    _definitions.append(told)
    return told


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One number of a decision that reads otherwise today. `lost`: the condition was met and no longer is."""

    key: str
    label: str
    then: str
    now: str
    as_of_then: str | None
    as_of_now: date
    lost: bool


def freeze(verdict: Verdict | None, *, stage: Stage, people: dict[str, User | None], team: Team) -> dict[str, Any]:
    """The record of a decision: all that was seen, as JSON. Without a verdict, only stages and people."""
    members = Membership.objects.current().filter(team=team).exclude(role=Role.VIEWER)
    record: dict[str, Any] = {
        "stage": _stage(team.stage),
        "to_stage": _stage(stage),
        "data_version": team.data_version,
        "facts_version": team.facts_version,
        "people": {name: _person(user.pk if user else None) for name, user in people.items()}
        | {"members": [{"id": each.user_id, "role": each.role, "deputy": each.is_deputy} for each in members]},
        "conditions": [],
    }
    if verdict is not None:
        record |= {
            "verdict": verdict.state,
            "updating": verdict.updating,
            "as_of": verdict.as_of.isoformat(),
            "conditions": [_condition(each) for each in verdict.conditions],
            "definitions": [sentence for told in _definitions for sentence in told(team)],
        }
    return record


def readable(promotion: Promotion) -> dict[str, Any]:
    """The record with a `name` beside every account's `id`. One query."""
    record: dict[str, Any] = deepcopy(promotion.record)
    people = list(_people_in(record))
    accounts = User.objects.in_bulk({each["id"] for each in people})
    for each in people:
        account = accounts.get(each["id"])
        each["name"] = str(account) if account else ""
    return record


def differs(promotion: Promotion, measurements: Iterable[Measurement] | None = None) -> list[Difference]:
    """Where today's numbers differ from the frozen ones, by the criteria as they were frozen.

    Numbers move by themselves as days go by; what matters is `lost`. A number that cannot be told today is no
    difference. One query, unless the team's measurements are given.
    """
    if measurements is None:
        measurements = Measurement.objects.filter(team_id=promotion.team_id)
    today = {(each.measure, each.window_days): each for each in measurements}
    differences = []
    for row in promotion.record["conditions"]:
        if row["kind"] != "criterion" or row["value"] is None or row["measure"] in OF_THE_STAY:
            continue
        found = today.get((row["measure"], row["window_days"]))
        if found is None or found.value is None or found.value == Decimal(row["value"]):
            continue
        measure, operator = Measure(row["measure"]), Operator(row["operator"])
        threshold = None if row["threshold"] is None else Decimal(row["threshold"])
        held = row["state"] == Standing.MET
        differences.append(
            Difference(
                key=row["key"],
                label=str(measure.label),
                then=row["have"],
                now=wording.have(measure, operator, found.value),
                as_of_then=row["as_of"],
                as_of_now=found.as_of,
                lost=held and threshold is not None and not wording.holds(found.value, operator, threshold),
            )
        )
    return differences


def flags(team: Team) -> list[tuple[Promotion, list[Difference]]]:
    """The team's promotions whose conditions today's numbers no longer meet, newest first. Two queries."""
    measurements = list(Measurement.objects.filter(team=team))
    promotions = Promotion.objects.filter(team=team, kind=Promotion.Kind.PROMOTED).order_by("-seq")
    flagged = []
    for promotion in promotions:
        lost = [each for each in differs(promotion, measurements) if each.lost]
        if lost:
            flagged.append((promotion, lost))
    return flagged


def _stage(stage: Stage) -> dict[str, Any]:
    return {"slug": stage.slug, "order": stage.order, "name": stage.name}


def _condition(condition: Condition) -> dict[str, Any]:
    """One row of the gate. Numbers are strings, so that nothing is rounded on the way."""
    row: dict[str, Any] = {
        "key": condition.key,
        "kind": condition.kind,
        "label": str(condition.label),
        "sentence": condition.sentence,
        "strength": condition.strength,
        "state": condition.state,
        "wanted": condition.wanted,
        "have": condition.have,
        "gap": condition.gap,
        "reason": condition.reason,
        "as_of": _iso(condition.as_of),
        "updating": condition.updating,
    }
    if condition.kind == "milestones":
        waivers = {waiver.milestone_id: waiver for waiver in condition.waivers}
        return row | {
            "milestones": [_milestone(state, waivers.get(state.milestone.pk)) for state in condition.milestones]
        }
    criterion, found, word = condition.criterion, condition.measurement, condition.confirmation
    return row | {
        "measure": condition.measure,
        "operator": criterion.operator if criterion else None,
        "threshold": _text(criterion.threshold if criterion else None),
        "window_days": (criterion.window_days if criterion else None) or 0,
        "value": _text(found.value if found else None),
        "points": found.points if found else [],
        "baseline": condition.baseline,
        "valid_until": _iso(found.valid_until if found else None),
        "data_version": found.data_version if found else None,
        "job": found.job if found else None,
        "waiver": _waiver(condition.waiver),
        "confirmation": word and {"by": _person(word.by_id), "at": word.at.isoformat(), "text": word.text},
    }


def _milestone(state: MilestoneState, waiver: Waiver | None) -> dict[str, Any]:
    return {
        "key": state.milestone.key,
        "text": state.milestone.text,
        "state": state.state,
        "seq": state.seq,
        "refresh_due": state.refresh_due,
        "done": _event(state.done),
        "verified": _event(state.verification),
        "note": state.note,
        "link": state.link,
        "waiver": _waiver(waiver),
    }


def _event(event: MilestoneEvent | None) -> dict[str, Any] | None:
    return None if event is None else {"by": _person(event.actor_id), "at": event.at.isoformat()}


def _waiver(waiver: Waiver | None) -> dict[str, Any] | None:
    return (
        None
        if waiver is None
        else {
            "id": waiver.pk,
            "reason": waiver.reason,
            "expires_on": waiver.expires_on.isoformat(),
            "asked_by": _person(waiver.asked_by_id),
            "granted_by": _person(waiver.decided_by_id),
        }
    )


def _person(account: int | None) -> dict[str, Any] | None:
    return None if account is None else {"id": account}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _people_in(value: Any, key: str = "") -> Iterator[dict[str, Any]]:
    """Every person named anywhere in a record."""
    if isinstance(value, list):
        for each in value:
            yield from _people_in(each, key)
    elif isinstance(value, dict):
        if key in PEOPLE_KEYS:
            yield value
            return
        for name, each in value.items():
            yield from _people_in(each, name)
