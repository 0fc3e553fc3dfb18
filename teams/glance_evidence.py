"""What is seen of teams beside their gates: contributors, risks, check-ins, data."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from lifecycle.measures import Measure
from lifecycle.prepared import prepared
from teams.models import (
    CheckIn,
    Measurement,
    Population,
    Promotion,
    PromotionRequest,
    Team,
    TeamRisk,
    WeeklyCount,
)
from teams.pauses import pauses_of, running_days

WEEKS: Final = 53


class Evidence:
    """Everything but the verdicts that the rows of some teams say on a day: seven queries."""

    def __init__(self, teams: list[Team], today: date) -> None:
        self._told = _told(teams, today)
        self.asked = {pk for pk, told in self._told.items() if told["asked"]}
        self._pauses, self._today = pauses_of(teams), today
        self._risks = _risks(teams, today)
        self._stocks = _stocks({pk: told["week"] for pk, told in self._told.items() if told["week"]})
        self._weeks = _weeks(teams, today)
        self._counted = _counted(teams)

    def of(self, team: Team) -> dict[str, Any]:
        """The columns of one of the teams."""
        now, before = self._stocks.get(team.pk, (None, None))
        high, overdue = self._risks.get(team.pk, (0, 0))
        counted = self._counted.get(team.pk)
        found = counted if counted and counted.value is not None else None
        return {
            "active": now,
            "change": None if now is None else now - (before or 0),
            "weeks": self._weeks[team.pk],
            "high_risks": high,
            "overdue_risks": overdue,
            "silent_since": self._silent_since(team),
            "complete_to": found.as_of if found else None,
            "valid_until": found.valid_until if found else None,
            "promotions_90d": self._told[team.pk]["moved"] or 0,
            "job": counted.job if counted else None,
            "counted_at": counted.computed_at if counted else None,
        }

    def _silent_since(self, team: Team) -> date:
        """Moved on by the days of pauses, so that the days since then are those that count."""
        since = self._told[team.pk]["met"] or team.entered_on
        return self._today - timedelta(days=running_days(self._pauses[team.pk], since, self._today))


def _told(teams: list[Team], today: date) -> dict[int, Mapping[str, Any]]:
    """Of each team whether a promotion is asked for, the day of the last check-in, how many promotions the last ninety
    days brought, and the last week that was counted. One query.
    """
    since = today - timedelta(days=90)
    return {row["pk"]: row for row in _seen(teams, since)}


@prepared
def _seen(teams: Iterable[Team], since: date) -> QuerySet[Any, Any]:
    mine = {"team": OuterRef("pk")}
    asked = PromotionRequest.objects.filter(**mine, state=PromotionRequest.State.OPEN)
    met = CheckIn.objects.filter(**mine).order_by("-held_on").values("held_on")[:1]
    moved = Promotion.objects.filter(**mine, kind=Promotion.Kind.PROMOTED, effective_on__gt=since).order_by()
    latest = _weekly().filter(**mine).order_by("-week").values("week")[:1]  # by its key: no history is read for it
    found = Team.objects.filter(pk__any=teams).annotate(
        asked=Exists(asked),
        met=Subquery(met),
        moved=Subquery(moved.values("team").annotate(number=Count("pk")).values("number")),
        week=Subquery(latest),
    )
    return found.values("pk", "asked", "met", "moved", "week")


def _risks(teams: list[Team], today: date) -> dict[int, tuple[int, int]]:
    """High risks that are open, and open risks past their review, by team."""
    return {row["team"]: (row["high"], row["overdue"]) for row in _open_risks(teams, today)}


@prepared
def _open_risks(teams: Iterable[Team], today: date) -> QuerySet[Any, Any]:
    is_open = TeamRisk.objects.filter(team__any=teams).exclude(state=TeamRisk.State.CLOSED)
    return (
        is_open.annotate(weight=F("likelihood") * F("impact"))
        .values("team")
        .annotate(high=Count("pk", filter=Q(weight__gte=6)), overdue=Count("pk", filter=Q(review_on__lt=today)))
    )


def _weekly() -> QuerySet[WeeklyCount]:
    """The headline of a whole team."""
    return WeeklyCount.objects.filter(pathway_id=0, population=Population.VOLUNTEERS)


def _stocks(last: dict[int, date]) -> dict[int, tuple[int, int | None]]:
    """Active contributors of the last week and of the week a year before, by team."""
    year_before = {pk: week - timedelta(weeks=WEEKS - 1) for pk, week in last.items()}
    rows = _on([*last], {*last.values(), *year_before.values()}) if last else []
    active = {(team, week): number for team, week, number in rows}
    return {pk: (active[pk, week], active.get((pk, year_before[pk]))) for pk, week in last.items()}


def _weeks(teams: list[Team], today: date) -> dict[int, list[int]]:
    """Active contributors of the weeks of twelve months, by team."""
    found: dict[int, list[int]] = {team.pk: [] for team in teams}
    for team, active in _since([*found], today - timedelta(weeks=WEEKS)):
        found[team].append(active)
    return found


def _counted(teams: list[Team]) -> dict[int, Measurement]:
    """The measurement that tells of what day a team's data is, and which run counted it."""
    return {row.team_id: row for row in _active(teams)}


@prepared
def _on(teams: Iterable[int], weeks: Iterable[date]) -> QuerySet[WeeklyCount, tuple[int, date, int]]:
    return _weekly().filter(team__any=teams, week__any=weeks).values_list("team", "week", "active")


@prepared
def _since(teams: Iterable[int], day: date) -> QuerySet[WeeklyCount, tuple[int, int]]:
    return _weekly().filter(team__any=teams, week__gt=day).order_by("week").values_list("team", "active")


@prepared
def _active(teams: Iterable[Team]) -> QuerySet[Measurement]:
    return Measurement.objects.filter(team__any=teams, measure=Measure.ACTIVE_CONTRIBUTORS, window_days=0)
