"""The portfolio: every team the reader may see, in a fixed number of queries at any number of teams."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Count, F, Max, OuterRef, Q, Subquery

from lifecycle import charts, clock
from lifecycle.measures import Measure
from lifecycle.models import Stage
from teams.dashboard.moves import SILENT_DAYS
from teams.dashboard.people import crews_of, is_move_of
from teams.gates import Condition, Mover, Outcome, Verdict, verdicts_of
from teams.models import (
    CheckIn,
    Measurement,
    Population,
    Promotion,
    PromotionRequest,
    Team,
    TeamRisk,
    User,
    WeeklyCount,
)
from teams.wording import signed

WEEKS = 53


@dataclass(frozen=True)
class TeamRow:
    """One team as the partner scans it."""

    team: Team
    verdict: Verdict
    is_mine: bool
    is_asked: bool
    mover: str
    is_my_move: bool
    active: int | None
    change: int | None
    high_risks: int
    overdue_risks: int
    days_silent: int
    complete_to: date | None
    stale_since: date | None
    spark: charts.Spark | None = None

    @property
    def change_in_words(self) -> str:
        """The change of active contributors in twelve months; "" if there are none to speak of."""
        return "" if self.change is None else signed(self.change)

    @property
    def is_silent(self) -> bool:
        """No check-in for longer than a month, of a team that is active."""
        return self.team.state == Team.State.ACTIVE and self.days_silent > SILENT_DAYS

    @property
    def is_flagged(self) -> bool:
        """Something is wrong that the gate alone does not tell."""
        return bool(self.high_risks or self.is_silent or self.stale_since)

    @property
    def settled(self) -> int:
        """Required conditions met or waived."""
        return self.verdict.met + self.verdict.waived

    @property
    def marks(self) -> list[Condition]:
        """The required conditions from met to cannot decide, as the board draws them."""
        order = ["met", "waived", "in_progress", "missing", "unknown"]
        return sorted(self.verdict.required, key=lambda row: order.index(row.state))

    @property
    def missing(self) -> list[Condition]:
        """The first two conditions in the way."""
        return self.verdict.blocking[:2]


@dataclass(frozen=True)
class Totals:
    """Across the reader's own teams (all visible ones if none is the reader's own)."""

    teams: int
    is_own: bool
    active: int
    change: int
    open_gates: int
    waiting: int
    silent: int
    undecided: int
    high_risks: int
    overdue_risks: int
    moves_90d: int

    @property
    def change_in_words(self) -> str:
        """The change of active contributors in twelve months."""
        return signed(self.change)


def rows_of(reader: User) -> list[TeamRow]:
    """A row per visible team that is not retired, the reader's own first, then by name; no sparklines yet."""
    teams = list(Team.objects.visible_to(reader).exclude(state=Team.State.RETIRED).select_related("stage"))
    verdicts, crews = verdicts_of(teams), crews_of(teams)
    asked = set(PromotionRequest.objects.filter(team__in=teams, state="open").values_list("team", flat=True))
    met = dict(
        CheckIn.objects.filter(team__in=teams).values("team").annotate(last=Max("held_on")).values_list("team", "last")
    )
    high, stocks, data = _risks(teams), _stocks(teams), _data(teams)
    own = set(reader.memberships.current().values_list("team", flat=True))
    today = clock.today()
    rows = []
    for team in teams:
        verdict, crew = verdicts[team.pk], crews[team.pk]
        mover = _mover(team, verdict, is_asked=team.pk in asked)
        now, before = stocks.get(team.pk, (None, None))
        found = data.get(team.pk)
        stale = found.valid_until if found and found.valid_until and found.valid_until < today else None
        rows.append(
            TeamRow(
                team=team,
                verdict=verdict,
                is_mine=team.pk in own,
                is_asked=team.pk in asked,
                mover=mover,
                is_my_move=is_move_of(reader, crew, mover) and (team.pk in own),
                active=now,
                change=None if now is None else now - (before or 0),
                high_risks=high.get(team.pk, (0, 0))[0],
                overdue_risks=high.get(team.pk, (0, 0))[1],
                days_silent=(today - (met.get(team.pk) or team.entered_on)).days,
                complete_to=found.as_of if found else None,
                stale_since=stale,
            )
        )
    return sorted(rows, key=lambda row: (not row.is_mine, row.team.name.casefold()))


def chosen(rows: Iterable[TeamRow], wanted: dict[str, object]) -> list[TeamRow]:
    """The rows that pass the filters of the address, sorted as it asks, own teams first all the same."""
    text, stage, move = str(wanted.get("team") or "").casefold(), wanted.get("stage"), wanted.get("move")
    kept = [
        row
        for row in rows
        if text in row.team.name.casefold()
        and (not isinstance(stage, Stage) or row.team.stage_id == stage.pk)
        and (not move or (row.is_my_move if move == "you" else row.mover == move))
        and (not wanted.get("flagged") or row.is_flagged)
        and (not wanted.get("mine") or row.is_mine)
    ]
    match wanted.get("sort"):
        case "silent":
            kept.sort(key=lambda row: -row.days_silent)
        case "growth":
            kept.sort(key=lambda row: -(row.change or 0))
        case "name":
            return kept
        case _gate:
            kept.sort(key=lambda row: (not row.verdict.is_open, len(row.verdict.blocking)))
    return sorted(kept, key=lambda row: not row.is_mine)


def with_sparks(rows: Sequence[TeamRow]) -> list[TeamRow]:
    """The rows with twelve months of active contributors each, all on one scale. One query."""
    since = clock.today() - timedelta(weeks=WEEKS)
    weeks: dict[int, list[int]] = {row.team.pk: [] for row in rows}
    counts = WeeklyCount.objects.filter(
        team__in=weeks, pathway_id=0, population=Population.VOLUNTEERS, week__gt=since
    ).order_by("week")
    for team, active in counts.values_list("team", "active"):
        weeks[team].append(active)
    top = max((max(values) for values in weeks.values() if values), default=0)
    return [replace(row, spark=charts.sparkline(weeks[row.team.pk], top=top)) for row in rows]


def totals_of(rows: Sequence[TeamRow]) -> Totals:
    """The sums of the page's head. One query more."""
    mine = [row for row in rows if row.is_mine]
    counted = mine or list(rows)
    moved = Promotion.objects.filter(
        team__in=[row.team.pk for row in counted],
        kind=Promotion.Kind.PROMOTED,
        effective_on__gt=clock.today() - timedelta(days=90),
    )
    return Totals(
        teams=len(counted),
        is_own=bool(mine),
        active=sum(row.active or 0 for row in counted),
        change=sum(row.change or 0 for row in counted),
        open_gates=sum(row.verdict.is_open and not row.team.stage.is_last for row in counted),
        waiting=sum(row.is_my_move for row in counted),
        silent=sum(row.is_silent for row in counted),
        undecided=sum(row.verdict.state == Outcome.UNDECIDED for row in counted),
        high_risks=sum(row.high_risks for row in counted),
        overdue_risks=sum(row.overdue_risks for row in counted),
        moves_90d=moved.count(),
    )


def _mover(team: Team, verdict: Verdict, *, is_asked: bool) -> str:
    """Whose move is next: the partner's on a request, the activator's at an open gate, else the first missing row's."""
    if is_asked:
        return Mover.PARTNER
    if verdict.is_open:
        return Mover.NOBODY if team.stage.is_last else Mover.ACTIVATOR
    return next((row.move for row in verdict.blocking if row.move != Mover.NOBODY), Mover.NOBODY)


def _risks(teams: Sequence[Team]) -> dict[int, tuple[int, int]]:
    """High risks that are open, and open risks past their review, by team."""
    is_open = TeamRisk.objects.filter(team__in=teams).exclude(state=TeamRisk.State.CLOSED)
    counts = is_open.annotate(weight=F("likelihood") * F("impact")).values("team")
    rows = counts.annotate(
        high=Count("pk", filter=Q(weight__gte=6)), overdue=Count("pk", filter=Q(review_on__lt=clock.today()))
    )
    return {row["team"]: (row["high"], row["overdue"]) for row in rows}


def _stocks(teams: Sequence[Team]) -> dict[int, tuple[int, int | None]]:
    """Active contributors of the last week and of the week a year before, by team."""
    counts = WeeklyCount.objects.filter(pathway_id=0, population=Population.VOLUNTEERS)
    # By its key, once a team: no history is read for its last row.
    latest = counts.filter(team=OuterRef("pk")).order_by("-week").values("week")[:1]
    weeks = Team.objects.filter(pk__in=[team.pk for team in teams]).annotate(last=Subquery(latest))
    last = {pk: week for pk, week in weeks.values_list("pk", "last") if week}
    year_before = {pk: week - timedelta(weeks=WEEKS - 1) for pk, week in last.items()}
    rows = counts.filter(team__in=last, week__in={*last.values(), *year_before.values()})
    active = {(team, week): number for team, week, number in rows.values_list("team", "week", "active")}
    return {pk: (active[pk, week], active.get((pk, year_before[pk]))) for pk, week in last.items()}


def _data(teams: Sequence[Team]) -> dict[int, Measurement]:
    rows = Measurement.objects.filter(team__in=teams, measure=Measure.ACTIVE_CONTRIBUTORS, value__isnull=False)
    return {row.team_id: row for row in rows}
