"""The portfolio: every team the reader may see, chosen and summed by the database from rows that hold now."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Final, cast

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from lifecycle import clock
from teams import glances, portfolio_moves
from teams.dashboard.moves import SILENT_DAYS
from teams.gates import Mover, Outcome
from teams.models import Glance, Role, Team, User
from teams.portfolio_rows import TeamRow, Totals
from teams.runs import Run

PAGE: Final = 50
#: What the row says that its glance does not.
_OF_TEAM: Final = {
    "slug": F("team__slug"),
    "name": F("team__name"),
    "state": F("team__state"),
    "entered_on": F("team__entered_on"),
    "stage_id": F("team__stage_id"),
    "stage_order": F("team__stage__order"),
    "stage_name": F("team__stage__name"),
    "stage_short_name": F("team__stage__short_name"),
    "is_last": F("team__stage__is_last"),
}


@dataclass(frozen=True)
class Look:
    """What is seen of the portfolio at once: the rows, how many pass in each stage in all, and the totals.

    A board that cannot hold all teams has no pages: it shows the first ones of each stage.
    """

    rows: list[TeamRow]
    page: Page[int] | None
    in_stage: dict[int, int]
    totals: Totals
    run: Run | None
    waiting: list[portfolio_moves.Waiting]

    @property
    def is_empty(self) -> bool:
        """No team is visible at all, whatever is asked for."""
        return self.run is None


#: What is summed apart: for the board's columns, and for the totals of the reader's own teams.
_GROUPS: Final = ("team__stage", "is_mine")
_STATE: Final = """
SELECT (SELECT sum(hash_record_extended(stage, 0)) FROM lifecycle_stage stage),
       (SELECT sum(hashint8extended(asked.id, 0)) FROM teams_membership asked
         WHERE asked.user_id = %s AND asked.accepted_at IS NULL AND asked.ends_on IS NULL),
       (SELECT sum(hashint8extended(offer.id, 0)) FROM teams_invitation offer
         WHERE offer.state = 'open' AND (%s OR lower(offer.email) = lower(%s))),
       (SELECT sum(hashint8extended(told.id, 0)) FROM teams_notification told
         WHERE told.user_id = %s AND told.read_at IS NULL),
       count(*), sum(hashint8extended(glance_version, id))
  FROM ({teams}) team
"""


def state_of(reader: User) -> tuple[object, ...]:
    """What moves when anything moves that this reader sees: stages, invitations, what is unread, teams. One query.

    The reader's own roles are in it, for who is what in a team moves the versions of the team. So is how many of the
    unread may still be read: that is told by these, by the invitations, and by which teams there are.
    """
    teams, values = Team.objects.visible_to(reader).order_by().values("id", "glance_version").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_STATE.format(teams=teams), [reader.pk, reader.is_admin, reader.email, reader.pk, *values])
        return tuple(cursor.fetchone())


def look(reader: User, wanted: dict[str, object], page: str | None, *, is_board: bool = False) -> Look:
    """What the reader sees. A fixed number of queries at any number of teams, once every row holds."""
    seen = _seen(reader)
    passing = _passing(wanted)
    sums = _sums(seen, passing)
    in_stage = {each["team__stage"]: 0 for each in sums}
    for each in sums:
        in_stage[each["team__stage"]] += each["passing"]
    rows = _sorted(seen.filter(passing), wanted)
    if is_board and sum(in_stage.values()) > PAGE and not wanted.get("stage"):
        depth = PAGE // sum(number > 0 for number in in_stage.values())
        return Look(_rows(_first_of_each_stage(rows, depth)), None, in_stage, *_above(sums))
    numbered = Paginator(range(sum(in_stage.values())), PAGE).get_page(page)
    first = numbered.start_index() - 1
    return Look(_rows(rows[max(first, 0) : first + PAGE]), numbered, in_stage, *_above(sums))


def rows_of(reader: User, wanted: dict[str, object] | None = None) -> list[TeamRow]:
    """All rows that pass, of all pages."""
    asked = wanted or {}
    return _rows(_sorted(_seen(reader).filter(_passing(asked)), asked))


def rows_among(reader: User, teams: Iterable[Team]) -> list[TeamRow]:
    """The rows of some teams, in the order of their names; of those that the reader sees."""
    return _rows(_seen(reader, teams).order_by("name_key", "team_id"))


def _seen(reader: User, among: Iterable[Team] | None = None) -> QuerySet[Glance]:
    """A row per visible team that is not retired, which holds: judged now if it did not. Of some teams, if told."""
    visible = Team.objects.visible_to(reader)
    if among is not None:
        visible = visible.filter(pk__in=[team.pk for team in among])
    if late := glances.behind(visible):
        glances.refresh(late)
    today = clock.today()
    own: dict[str, set[int]] = {role: set() for role in Role.values}
    for team, role in reader.memberships.current().values_list("team", "role"):
        own[role].add(team)
    mine = set.union(*own.values())
    my_move = Q(mover=Mover.ACTIVATOR, team__in=own[Role.ACTIVATOR]) | Q(
        mover=Mover.PARTNER, team__in=own[Role.PARTNER]
    )
    if reader.is_admin:
        my_move |= Q(mover=Mover.ADMIN)  # any of them can do it
    silent = Q(team__state=Team.State.ACTIVE, silent_since__lt=today - timedelta(days=SILENT_DAYS))
    stale = Q(valid_until__lt=today)
    return Glance.objects.filter(
        language=glances.language(), team__in=visible.exclude(state=Team.State.RETIRED)
    ).annotate(
        is_mine=_is(Q(team__in=mine)),
        is_my_move=_is(my_move),
        is_silent=_is(silent),
        is_stale=_is(stale),
        is_flagged=_is(silent | stale | Q(high_risks__gt=0)),
        **_OF_TEAM,
    )


def _is(condition: Q) -> Case:
    """A condition as a column; one that nothing can satisfy is as good as another."""
    return Case(When(condition, then=Value(True)), default=Value(False))


def _passing(wanted: dict[str, object]) -> Q:
    """The filters of the address."""
    text, stage, move = str(wanted.get("team") or "").casefold(), wanted.get("stage"), wanted.get("move")
    passing = Q(name_key__contains=text)
    if stage:
        passing &= Q(team__stage__slug=stage)
    if move:
        passing &= Q(is_my_move=True) if move == "you" else Q(mover=move)
    if lacks := wanted.get("lacks"):
        passing &= Q(lacks__contains=[{"key": lacks}])
    if wanted.get("flagged"):
        passing &= Q(is_flagged=True)
    if wanted.get("mine"):
        passing &= Q(is_mine=True)
    return passing


def _sorted(seen: QuerySet[Glance], wanted: dict[str, object]) -> QuerySet[Glance]:
    """As the address asks, the reader's own first all the same; closest to its gate first unless it says otherwise."""
    match wanted.get("sort"):
        case "stay":
            keys: list[Any] = ["entered_on"]
        case "silent":
            keys = ["silent_since"]
        case "active":
            keys = [F("active").desc(nulls_last=True)]
        case "growth":
            keys = [Coalesce("change", 0).desc()]
        case "risks":
            keys = [F("high_risks").desc()]
        case "data":
            keys = [F("complete_to").asc(nulls_last=True)]
        case "name":
            keys = []
        case _gate:
            keys = [_is(Q(outcome=Outcome.OPEN)).desc(), F("in_progress") + F("missing") + F("unknown")]
    return seen.order_by(F("is_mine").desc(), *keys, "name_key", "team_id")


def _first_of_each_stage(rows: QuerySet[Glance], number: int) -> QuerySet[Glance]:
    """So many rows of each stage, in the order in which they stand."""
    place = Window(RowNumber(), partition_by="team__stage", order_by=cast("list[F | str]", rows.query.order_by))
    return rows.annotate(place=place).filter(place__lte=number)


def _rows(seen: QuerySet[Glance]) -> list[TeamRow]:
    return [TeamRow(**row) for row in seen.values(*[each.name for each in fields(TeamRow)])]


def _sums(seen: QuerySet[Glance], passing: Q) -> list[dict[str, Any]]:
    """What is counted, by stage and by whether the teams are the reader's own: all that the head and the board need."""
    undecided = Q(outcome=Outcome.UNDECIDED)
    groups = (
        seen.order_by()
        .values(*_GROUPS)
        .annotate(
            teams=Count("team"),
            passing=Count("team", filter=passing),
            active_sum=Sum("active", default=0),
            change_sum=Sum("change", default=0),
            open_gates=Count("team", filter=Q(outcome=Outcome.OPEN, is_last=False)),
            waiting=Count("team", filter=Q(is_my_move=True)),
            waiting_teams=portfolio_moves.WAITING,
            silent=Count("team", filter=Q(is_silent=True)),
            undecided=Count("team", filter=undecided),
            high=Sum("high_risks"),
            overdue=Sum("overdue_risks"),
            promotions=Sum("promotions_90d"),
            first=Min("job"),
            last=Max("job"),
            at=Min("counted_at"),
            counted=Count("counted_at"),
        )
    )
    return list(groups)


def _above(sums: list[dict[str, Any]]) -> tuple[Totals, Run | None, list[portfolio_moves.Waiting]]:
    """What is seen above the rows and below them, at every filter and on every page."""
    return _totals(sums), _run(sums), portfolio_moves.first_of(sums)


def _totals(sums: list[dict[str, Any]]) -> Totals:
    """Of the reader's own teams; of all if none is."""
    own = [each for each in sums if each["is_mine"]]
    counted = own or sums

    def total(name: str) -> int:
        return sum(each[name] for each in counted)

    return Totals(
        is_own=bool(own),
        teams=total("teams"),
        active=total("active_sum"),
        change=total("change_sum"),
        open_gates=total("open_gates"),
        waiting=total("waiting"),
        silent=total("silent"),
        undecided=total("undecided"),
        high_risks=total("high"),
        overdue_risks=total("overdue"),
        promotions=total("promotions"),
    )


def _run(sums: list[dict[str, Any]]) -> Run | None:
    """The runs that counted what is seen; None if no team is."""
    if not sums:
        return None
    first, last, at = ([each[name] for each in sums if each[name] is not None] for name in ("first", "last", "at"))
    return Run(
        first=min(first, default=None),
        last=max(last, default=None),
        at=min(at, default=None),
        teams=sum(each["counted"] for each in sums),
    )
