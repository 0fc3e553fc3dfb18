"""The facts beside the words of a case study: stays, decisions with their frozen numbers, pictures, a timeline.

They are told as plain JSON, so that a link can freeze them, and read again for a template. Nobody is named: stages,
measures, numbers and days are told, and nothing that somebody typed about somebody.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _

from lifecycle.measures import Strength
from lifecycle.models import Stage
from teams.case_studies.lessons import changes_of
from teams.dashboard.explainers import Explainers, Shared
from teams.dashboard.numbers import Counted, Numbers, counted, drawn
from teams.dashboard.track import stays
from teams.models import Population, Promotion, Team, WeeklyCount
from teams.models.gate import decided
from teams.pauses import pauses_of, running_days

#: What a decision shows of each of its conditions.
SHOWN = ("label", "wanted", "have", "as_of", "state", "strength")
#: The fields of a week, but for what is the same in all of them.
WEEK = [
    field.attname
    for field in WeeklyCount._meta.concrete_fields
    if field.attname not in {"team_id", "pathway_id", "population"}
]


@dataclass(frozen=True)
class StageName:
    """A stage, as it was called when the facts were told."""

    order: int
    name: str
    slug: str


@dataclass(frozen=True)
class Stay:
    """One stay in a stage, up to the day of the facts; its days are those on which the team was not paused."""

    stage: StageName
    entered_on: date
    left_on: date | None
    days: int


@dataclass(frozen=True)
class Decision:
    """One decision, and the conditions as they were seen."""

    seq: int
    words: str
    on: date
    conditions: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Event:
    """One line of the timeline; `order` is the stage that was entered, 0 for anything else."""

    on: date
    words: str
    order: int = 0


@dataclass(frozen=True)
class Facts:
    """All of it, ready for a template that only loops. `stages` are those of the words: all that the team was in."""

    day: date
    stages: Sequence[StageName]
    stays: Sequence[Stay]
    decisions: Sequence[Decision]
    numbers: Numbers | None
    timeline: Sequence[Event]


def told(team: Team, day: date) -> dict[str, Any]:
    """What the team's record tells as of a day, as JSON. Five queries."""
    rows = Promotion.objects.filter(team=team).select_related("from_stage", "to_stage")
    decisions = list(rows.order_by("seq"))
    before = [each for each in decisions if each.effective_on <= day]
    found = counted(team, Population.VOLUNTEERS, until=day)
    changes = [change for change in changes_of(team) if change.on <= day]
    paused = pauses_of([team])[team.pk]
    been = {stage.pk: stage for stage in [*(stay.stage for stay in stays(decisions, paused)), team.stage]}
    return {
        "day": day.isoformat(),
        "stages": [asdict(_name(stage)) for stage in sorted(been.values(), key=attrgetter("order"))],
        "stays": [
            {
                "stage": asdict(_name(stay.stage)),
                "entered_on": stay.entered_on.isoformat(),
                "left_on": stay.left_on and stay.left_on.isoformat(),
                "days": running_days(paused, stay.entered_on, stay.left_on or day),
            }
            for stay in stays(before, paused)
        ],
        "decisions": [_decision(each) for each in before],
        "changes": [{"on": change.on.isoformat(), "where": change.where} for change in changes],
        "counts": found and _counts(found, day),
    }


def _name(stage: Stage) -> StageName:
    return StageName(stage.order, stage.name, stage.slug)


def _decision(decision: Promotion) -> dict[str, Any]:
    return {
        "seq": decision.seq,
        "kind": decision.kind,
        "from": decision.from_stage.name if decision.from_stage else "",
        "to": decision.to_stage.name,
        "on": decision.effective_on.isoformat(),
        "conditions": [{key: row[key] for key in SHOWN} for row in decision.record["conditions"]],
    }


def _counts(found: Counted, day: date) -> dict[str, Any]:
    """The weeks as they stand; the one that still ran ends on the day."""
    weeks = [{name: getattr(week, name) for name in WEEK} for week in found.weeks]
    for week in weeks:
        week["week"] = min(week["week"], day).isoformat()
        week["counted_to"] = week["counted_to"].isoformat()
    return {"weeks": weeks, "ever": found.ever | {"since": found.ever["since"].isoformat()}}


def read(told: dict[str, Any], team: Team, *, shared: str = "") -> Facts:
    """The facts that were told. Those of the `shared` link, by its key, lead to no page of the team."""
    day = date.fromisoformat(told["day"])
    spent = [_stay(each, day) for each in told["stays"]]
    decisions = [
        Decision(
            each["seq"],
            decided(each["kind"], each["from"], each["to"]),
            date.fromisoformat(each["on"]),
            [_condition(row) for row in each["conditions"]],
        )
        for each in told["decisions"]
    ]
    stages = [StageName(**each) for each in told["stages"]]
    numbers = _numbers(told["counts"], team, shared=shared)
    return Facts(day, stages, spent, decisions, numbers, _timeline(told, spent))


def _stay(told: dict[str, Any], day: date) -> Stay:
    entered, left = date.fromisoformat(told["entered_on"]), told["left_on"] and date.fromisoformat(told["left_on"])
    days = told.get("days", ((left or day) - entered).days)  # links of earlier releases tell none
    return Stay(StageName(**told["stage"]), entered, left, days)


def _condition(row: dict[str, Any]) -> dict[str, Any]:
    as_of = row["as_of"] and date.fromisoformat(row["as_of"])
    return row | {"as_of": as_of, "strength_label": Strength(row["strength"]).label}


def _numbers(told: dict[str, Any] | None, team: Team, *, shared: str) -> Numbers | None:
    if told is None:
        return None
    weeks = [
        WeeklyCount(**week | {name: date.fromisoformat(week[name]) for name in ("week", "counted_to")})
        for week in told["weeks"]
    ]
    ever = told["ever"] | {"since": date.fromisoformat(told["ever"]["since"])}
    last = weeks[-1].week
    population = Population.VOLUNTEERS
    explain = Shared(team, population, "", last, shared) if shared else Explainers(team, population, "", last)
    return drawn(Counted(population, weeks, ever), explain)


def _timeline(told: dict[str, Any], spent: Sequence[Stay]) -> list[Event]:
    """Stages entered, promotions declined, the first contribution, and changes to pathways, in order of their days."""
    events = [
        Event(stay.entered_on, _("Entered %(stage)s") % {"stage": stay.stage.name}, stay.stage.order) for stay in spent
    ]
    events += [
        Event(date.fromisoformat(each["on"]), decided(each["kind"], each["from"], each["to"]))
        for each in told["decisions"]
        if each["kind"] == Promotion.Kind.DECLINED
    ]
    if told["counts"]:
        since = date.fromisoformat(told["counts"]["ever"]["since"]) - timedelta(days=6)
        events.append(Event(since, _("The first week with a counted contribution")))
    events += [
        Event(date.fromisoformat(each["on"]), _("A change of “%(pathway)s” recorded") % {"pathway": each["where"]})
        for each in told["changes"]
    ]
    return sorted(events, key=attrgetter("on"))
