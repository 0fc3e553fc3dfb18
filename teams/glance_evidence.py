"""What is seen of teams beside their gates: contributors, risks, check-ins, data."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONArray

from lifecycle.measures import Measure
from lifecycle.prepared import prepared
from teams.models import (
    CheckIn,
    Population,
    Promotion,
    PromotionRequest,
    Team,
    TeamRisk,
    WeeklyCount,
)
from teams.pauses import Pauses, running_days

WEEKS: Final = 53


class Evidence:
    """Everything but the verdicts that the rows of some teams say on a day; `pauses` are theirs. One query."""

    def __init__(self, teams: list[Team], today: date, pauses: Mapping[int, Pauses]) -> None:
        self._told = _told(teams, today)
        self.asked = {pk for pk, told in self._told.items() if told["asked"]}
        self._pauses, self._today = pauses, today

    def of(self, team: Team) -> dict[str, Any]:
        """The columns of one of the teams."""
        told = self._told[team.pk]
        active = {date.fromisoformat(week): number for week, number in reversed(told["weeks"])}
        last = max(active, default=None)
        known = told["counted__value"] is not None
        return {
            "active": active[last] if last else None,
            "change": active[last] - active.get(last - timedelta(weeks=WEEKS - 1), 0) if last else None,
            "weeks": [number for week, number in active.items() if week > self._today - timedelta(weeks=WEEKS)],
            "high_risks": told["high"] or 0,
            "overdue_risks": told["overdue"] or 0,
            "silent_since": self._silent_since(team, told["met"] or team.entered_on),
            "complete_to": told["counted__as_of"] if known else None,
            "valid_until": told["counted__valid_until"] if known else None,
            "promotions_90d": told["moved"] or 0,
            "job": told["counted__job"],
            "counted_at": told["counted__computed_at"],
        }

    def _silent_since(self, team: Team, since: date) -> date:
        """Moved on by the days of pauses, so that the days since then are those that count."""
        return self._today - timedelta(days=running_days(self._pauses[team.pk], since, self._today))


def _told(teams: list[Team], today: date) -> dict[int, Mapping[str, Any]]:
    """Of each team whether a promotion is asked for, the day of the last check-in, the promotions of ninety days, the
    risks that are high and those past their review, the last year's weeks (the latest first), and the measurement that
    tells of what day its data is and which run counted it. One query, which goes by each team's keys: no history is
    read for it.
    """
    return {row["pk"]: row for row in _seen(teams, today, today - timedelta(days=90))}


@prepared
def _seen(teams: Iterable[Team], today: date, since: date) -> QuerySet[Any, Any]:
    mine = {"team": OuterRef("pk")}
    met = CheckIn.objects.filter(**mine).order_by("-held_on").values("held_on")[:1]
    moved = Promotion.objects.filter(**mine, kind=Promotion.Kind.PROMOTED, effective_on__gt=since)
    risks = TeamRisk.objects.filter(**mine).exclude(state=TeamRisk.State.CLOSED)
    weekly = WeeklyCount.objects.filter(**mine, pathway_id=0, population=Population.VOLUNTEERS)
    headline = Q(measurements__measure=Measure.ACTIVE_CONTRIBUTORS, measurements__window_days=0)
    found = Team.objects.filter(pk__any=teams).annotate(
        asked=Exists(PromotionRequest.objects.filter(**mine, state=PromotionRequest.State.OPEN)),
        met=Subquery(met),
        moved=_number_of(moved),
        high=_number_of(risks.annotate(weight=F("likelihood") * F("impact")).filter(weight__gte=6)),
        overdue=_number_of(risks.filter(review_on__lt=today)),
        weeks=ArraySubquery(weekly.order_by("-week").values(told=JSONArray("week", "active"))[:WEEKS]),
        counted=FilteredRelation("measurements", condition=headline),
    )
    columns = ("asked", "met", "moved", "high", "overdue", "weeks")
    of_count = ("value", "as_of", "valid_until", "job", "computed_at")
    told: QuerySet[Any, Any] = found.values("pk", *columns, *(f"counted__{name}" for name in of_count))
    return told


def _number_of(rows: QuerySet[Any]) -> Subquery:
    """How many rows a team has of these; None where it has none."""
    return Subquery(rows.order_by().values("team").annotate(number=Count("pk")).values("number"))
