"""What the data of teams shows that may become a risk: each condition with its evidence, read and never written.

The thresholds stand here and nowhere else. Whoever is asked about in a kind is a current, accepted member.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from lifecycle.measures import Measure
from lifecycle.models import Risk
from teams.models import (
    CheckIn,
    Confirmation,
    Measurement,
    Membership,
    MilestoneEvent,
    Population,
    Promotion,
    Role,
    Signal,
    Team,
    TeamRisk,
    Waiver,
    WeeklyCount,
)
from teams.pauses import Pauses, pauses_of, running_days

Kind = Signal.Kind

#: One activator does nearly all ticks: at least so many in so many days, and so much of them (in percent) by one.
TICKS, TICK_DAYS, TICK_PERCENT = 8, 180, 90
#: More core lapses than core conversions: in so many weeks that end with the present one.
CORE_WEEKS = 52
#: One person holds half of the work: among at least so many contributors.
CONTRIBUTORS = 10
#: The partner is silent: for so many days; each further time so many makes it worse.
PARTNER_DAYS = 60

#: The risks of the catalogue that a kind matches, by their keys; a team's is that of the latest stage it has reached.
CATALOGUE: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.TICKS: frozenset({"nothing-delegated"}),
    Kind.NO_CORE: frozenset({"nobody-to-delegate-to"}),
    Kind.CORE_LAPSES: frozenset({"no-new-core", "no-renewal"}),
}
#: Looked for once a team has reached the stage whose catalogue names the risk: earlier, nobody expects anything else.
STAGED: Final = frozenset({Kind.NO_CORE})


@dataclass(frozen=True)
class Sighting:
    """One condition that holds: how bad it is, the numbers that show it, and the account it is about."""

    degree: int
    evidence: dict[str, Any]
    who: int | None = None


#: Of each kind that can be told today, what is seen; None where its condition does not hold.
Told = dict[Kind, Sighting | None]


def sightings_of(teams: Sequence[Team], today: date) -> dict[int, Told]:
    """What the data shows of some teams, by the team's id, in eight queries. The teams' stages are read already."""
    risks = matches_of(teams)
    members = _members(teams, today)
    numbers = _numbers(teams, today)
    ticks, lapses, silences = _ticks(teams, today), _lapses(teams, today), _last_signs(teams, members, today)
    pauses = pauses_of(teams)
    found: dict[int, Told] = {}
    for team in teams:
        activators = {user for role, user, _since in members[team.pk] if role == Role.ACTIVATOR}
        told: Told = {
            Kind.TICKS: one_ticks(ticks[team.pk], activators),
            Kind.SILENCE: silence(silences.get(team.pk), today, pauses[team.pk]),
        }
        core, absence = (numbers.get((team.pk, key)) for key in (Measure.CORE_CONTRIBUTORS, Measure.ABSENCE_FACTOR))
        if core is not None:
            told[Kind.NO_CORE] = no_core(core)
            told[Kind.CORE_LAPSES] = core_lapses(**lapses[team.pk]) if team.pk in lapses else None
        if absence is not None:
            told[Kind.ONE_HALF] = one_half(absence)
        found[team.pk] = {kind: seen for kind, seen in told.items() if kind not in STAGED or kind in risks[team.pk]}
    return found


def matches_of(teams: Iterable[Team]) -> dict[int, dict[Kind, Risk]]:
    """The risk of the catalogue that each kind matches in each team's stage, by the team's id. One query."""
    keys = frozenset().union(*CATALOGUE.values())
    risks = list(Risk.objects.filter(key__in=keys, retired=False).select_related("stage").order_by("stage__order"))
    return {
        team.pk: {
            kind: risk
            for risk in risks
            if risk.stage.order <= team.stage.order
            for kind, named in CATALOGUE.items()
            if risk.key in named
        }
        for team in teams
    }


def one_ticks(ticks: Mapping[int, int], activators: Set[int]) -> Sighting | None:
    """One activator made nearly all of the ticks; `ticks` are those of each account. Worse from nine tenths to all."""
    total = sum(ticks.values())
    who, most = max(ticks.items(), key=lambda each: (each[1], -each[0]), default=(None, 0))
    if who is None or who not in activators or total < TICKS or 100 * most < TICK_PERCENT * total:
        return None
    return Sighting(10 * most // total, {"ticks": total, "by_one": most, "days": TICK_DAYS}, who)


def no_core(core: Measurement) -> Sighting | None:
    """Nobody holds the core level."""
    return None if core.value else Sighting(1, {"as_of": core.as_of.isoformat()})


def core_lapses(converted: int, lapsed: int, first: date, last: date) -> Sighting | None:
    """More people lapsed from core than became core for the first time. Worse with each person more."""
    if lapsed <= converted:
        return None
    days = {"first": first.isoformat(), "last": last.isoformat()}
    return Sighting(lapsed - converted, {"converted": converted, "lapsed": lapsed, **days})


def one_half(absence: Measurement) -> Sighting | None:
    """One person makes half of the contributions, and the team is not a handful. Worse with each tenth more."""
    told = absence.detail
    if absence.value != 1 or told.get("contributors", 0) < CONTRIBUTORS:
        return None
    numbers = {name: told[name] for name in ("contributors", "contributions", "most")}
    evidence = {**numbers, "as_of": absence.as_of.isoformat(), "days": told["window_days"]}
    return Sighting(10 * told["most"] // told["contributions"], evidence)


def silence(last: date | None, today: date, pauses: Pauses = ()) -> Sighting | None:
    """No check-in and no act by a partner for long, without the days of a pause.

    Without a partner (no `last` sign) nobody is silent.
    """
    if last is None or (days := running_days(pauses, last, today)) < PARTNER_DAYS:
        return None
    return Sighting(days // PARTNER_DAYS, {"last": last.isoformat(), "days": days})


def ticks_of(teams: Iterable[Team], today: date) -> QuerySet[MilestoneEvent]:
    """The ticks that count: whatever was marked done in the days that end today, undone later or not."""
    since = datetime.combine(today - timedelta(days=TICK_DAYS - 1), time(), tzinfo=UTC)
    return MilestoneEvent.objects.filter(team__in=teams, action=MilestoneEvent.Action.DONE, at__gte=since)


def _ticks(teams: Iterable[Team], today: date) -> dict[int, dict[int, int]]:
    """How many ticks each account made, by team."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = ticks_of(teams, today).order_by().values_list("team", "actor").annotate(number=Count("pk"))
    for team, actor, number in rows:
        found[team][actor] = number
    return found


def _members(teams: Iterable[Team], today: date) -> dict[int, list[tuple[str, int, date]]]:
    """Role, account and first day of each current, accepted activator and partner, by team."""
    found: dict[int, list[tuple[str, int, date]]] = defaultdict(list)
    rows = Membership.objects.current(today).filter(team__in=teams, role__in=[Role.ACTIVATOR, Role.PARTNER])
    for row in rows.order_by():
        accepted = row.accepted_at.astimezone(UTC).date() if row.accepted_at else row.starts_on
        found[row.team_id].append((row.role, row.user_id, max(accepted, row.starts_on)))
    return found


def _numbers(teams: Iterable[Team], today: date) -> dict[tuple[int, str], Measurement]:
    """The measurements that tell of the core and of who does the work, where they are known, current and fresh."""
    asked = Measurement.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=today),
        team__in=teams,
        window_days=0,
        measure__in=[Measure.CORE_CONTRIBUTORS, Measure.ABSENCE_FACTOR],
        value__isnull=False,
    )
    facts = {team.pk: team.facts_version for team in teams}
    return {(row.team_id, row.measure): row for row in asked if row.data_version >= facts[row.team_id]}


def _lapses(teams: Iterable[Team], today: date) -> dict[int, dict[str, Any]]:
    """What core gained and lost in the weeks up to the present one, and the days that these weeks cover, by team."""
    sunday = today + timedelta(days=7 - today.isoweekday())
    weeks = WeeklyCount.objects.filter(
        team__in=teams, pathway_id=0, population=Population.VOLUNTEERS, week__gt=sunday - timedelta(weeks=CORE_WEEKS)
    )
    summed = (
        weeks.order_by()
        .values("team")
        .annotate(converted=Sum("core_converted"), lapsed=Sum("core_lapsed"), since=Min("week"), until=Max("week"))
    )
    return {
        row["team"]: {
            "converted": row["converted"],
            "lapsed": row["lapsed"],
            "first": row["since"] - timedelta(days=6),
            "last": min(row["until"], today),
        }
        for row in summed
    }


#: Where partners leave a trace: the account and the moment.
ACTS = (
    (MilestoneEvent, "actor", "at"),
    (Promotion, "decided_by", "decided_at"),
    (Waiver, "decided_by", "decided_at"),
    (Confirmation, "by", "at"),
    (TeamRisk, "raised_by", "raised_at"),
)


def _last_signs(
    teams: Iterable[Team], members: Mapping[int, list[tuple[str, int, date]]], today: date
) -> dict[int, date]:
    """The day of the last check-in or act by a partner, at the earliest that on which they took the role, by team."""
    signs: dict[int, list[date]] = defaultdict(list)
    partners = set()
    for team, held in members.items():
        for role, user, since in held:
            if role == Role.PARTNER:
                partners.add((team, user))
                signs[team].append(since)
    met = CheckIn.objects.filter(team__in=teams, held_on__lte=today).order_by().values_list("team")
    for team, day in met.annotate(last=Max("held_on")):
        if team in signs:  # without a partner nobody is silent
            signs[team].append(day)
    first, *rest = (
        model._default_manager.filter(team__in=teams, **{f"{who}__isnull": False})
        .order_by()
        .values_list("team", who)
        .annotate(last=Max(moment))
        for model, who, moment in ACTS
    )
    for team, user, last in first.union(*rest, all=True):
        if (team, user) in partners:
            signs[team].append(last.astimezone(UTC).date())
    return {team: max(days) for team, days in signs.items()}
