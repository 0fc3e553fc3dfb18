"""The portfolio: every team the reader may see, chosen and summed by the database from rows that hold now."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, cast

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from lifecycle import clock
from lifecycle.prepared import Question, prepared
from teams import glances, portfolio_moves
from teams.dashboard.moves import SILENT_DAYS
from teams.gates import Mover, Outcome
from teams.models import Glance, Membership, Role, Team, User
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


_OF_ROW: Final = [each.name for each in fields(TeamRow)]
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
    teams, values = _versions.statement(reader, clock.today(), is_admin=reader.is_admin)
    with connection.cursor() as cursor:
        cursor.execute(_STATE.format(teams=teams), [reader.pk, reader.is_admin, reader.email, reader.pk, *values])
        return tuple(cursor.fetchone())


@prepared
def _versions(reader: User, today: date, *, is_admin: bool) -> QuerySet[Any, Any]:
    teams = Team.objects.all() if is_admin else Team.objects.of(reader, today)
    return teams.order_by().values("id", "glance_version")


def look(reader: User, wanted: dict[str, object], page: str | None, *, is_board: bool = False) -> Look:
    """What the reader sees. A fixed number of queries at any number of teams, once every row holds."""
    eyes = _Eyes(reader, wanted)
    sums = eyes.see(_sums)
    in_stage = {each["team__stage"]: 0 for each in sums}
    for each in sums:
        in_stage[each["team__stage"]] += each["passing"]
    if is_board and sum(in_stage.values()) > PAGE and not wanted.get("stage"):
        depth = PAGE // sum(number > 0 for number in in_stage.values())
        rows = eyes.see(_first_of_each_stage, sort=wanted.get("sort"), depth=depth)
        return Look(_made(rows), None, in_stage, *_above(sums))
    numbered = Paginator(range(sum(in_stage.values())), PAGE).get_page(page)
    rows = eyes.see(_rows, sort=wanted.get("sort"), begin=max(numbered.start_index() - 1, 0), most=PAGE)
    return Look(_made(rows), numbered, in_stage, *_above(sums))


def rows_of(reader: User, wanted: dict[str, object] | None = None) -> list[TeamRow]:
    """All rows that pass, of all pages."""
    asked = wanted or {}
    return _made(_Eyes(reader, asked).see(_rows, sort=asked.get("sort")))


def rows_among(reader: User, teams: Iterable[Team]) -> list[TeamRow]:
    """The rows of some teams, in the order of their names; of those that the reader sees."""
    rows = _made(_Eyes(reader, {}, among=[team.pk for team in teams]).see(_rows, sort="name"))
    return sorted(rows, key=lambda row: (row.name.casefold(), row.team_id))


class Values(NamedTuple):
    """What the portfolio's questions are asked with: a reader and a day. Teams are ids."""

    language: str
    today: date
    silent_before: date
    visible: Collection[int]
    mine: Collection[int]
    activating: Collection[int]
    partnering: Collection[int]


class _Eyes:
    """Who looks and what they want to see, as the values with which the questions of the portfolio are asked.

    A row per visible team holds from then on: what did not is judged now. Of some teams only, if told which.
    """

    def __init__(self, reader: User, wanted: dict[str, object], among: Collection[int] | None = None) -> None:
        today, language = clock.today(), glances.language()
        own: dict[str, list[int]] = {role: [] for role in Role.values}
        for team, role in _held(reader, today):
            own[role].append(team)
        mine = sorted({team for held in own.values() for team in held})
        visible = None if reader.is_admin else mine
        if among is not None:
            visible = list(among) if visible is None else [team for team in among if team in visible]
        if late := glances.behind(visible):
            glances.refresh(late)
        self._kinds = {"is_admin": reader.is_admin, "is_all": visible is None, "passing": _passing(wanted)}
        silent_before = today - timedelta(days=SILENT_DAYS)
        moves = own[Role.ACTIVATOR], own[Role.PARTNER]
        self._values = Values(language, today, silent_before, visible or [], mine, *moves)

    def see(self, question: Question[..., Any], **kinds: object) -> list[Any]:
        """What the database says. Of filters and pages there are too many to keep what is asked with each."""
        is_first = self._kinds["passing"] == Q() and not kinds.get("begin")
        ask: Callable[..., Iterable[Any]] = question if is_first else question.plainly
        return list(ask(*self._values, **self._kinds, **kinds))


@prepared
def _held(reader: User, today: date) -> QuerySet[Membership, tuple[int, str]]:
    return Membership.objects.current(today).filter(user=reader).values_list("team", "role")


def _seen(of: Values, *, is_admin: bool, is_all: bool) -> QuerySet[Glance]:
    """A row per visible team that is not retired."""
    my_move = Q(mover=Mover.ACTIVATOR, team__any=of.activating) | Q(mover=Mover.PARTNER, team__any=of.partnering)
    if is_admin:
        my_move |= Q(mover=Mover.ADMIN)  # any of them can do it
    silent = Q(team__state=Team.State.ACTIVE, silent_since__lt=of.silent_before)
    stale = Q(valid_until__lt=of.today)
    seen = Glance.objects.filter(language=of.language).exclude(team__state=Team.State.RETIRED)
    return (seen if is_all else seen.filter(team__any=of.visible)).annotate(
        is_mine=_is(Q(team__any=of.mine)),
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
    passing = Q(name_key__contains=text) if text else Q()
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


def _sorted(seen: QuerySet[Glance], sort: object) -> QuerySet[Glance]:
    """As the address asks, the reader's own first all the same; closest to its gate first unless it says otherwise."""
    match sort:
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


@prepared
def _first_of_each_stage(
    *values: Any, passing: Q, sort: str | None, depth: int, is_admin: bool, is_all: bool
) -> QuerySet[Any, Any]:
    """So many rows of each stage, in the order in which they stand."""
    rows = _sorted(_seen(Values(*values), is_admin=is_admin, is_all=is_all).filter(passing), sort)
    place = Window(RowNumber(), partition_by="team__stage", order_by=cast("list[F | str]", rows.query.order_by))
    first: QuerySet[Any, Any] = rows.annotate(place=place).filter(place__lte=depth).values(*_OF_ROW)
    return first


@prepared
def _rows(
    *values: Any, passing: Q, sort: str | None, begin: int = 0, most: int | None = None, is_admin: bool, is_all: bool
) -> QuerySet[Any, Any]:
    """The rows in their order, all or those of a page."""
    rows = _sorted(_seen(Values(*values), is_admin=is_admin, is_all=is_all).filter(passing), sort)
    told: QuerySet[Any, Any] = rows.values(*_OF_ROW)
    return told[begin : None if most is None else begin + most]


def _made(rows: Iterable[dict[str, Any]]) -> list[TeamRow]:
    return [TeamRow(**row) for row in rows]


@prepared
def _sums(*values: Any, passing: Q, is_admin: bool, is_all: bool) -> QuerySet[Any, Any]:
    """What is counted, by stage and by whether the teams are the reader's own: all that the head and the board need."""
    undecided = Q(outcome=Outcome.UNDECIDED)
    sums: QuerySet[Any, Any] = (
        _seen(Values(*values), is_admin=is_admin, is_all=is_all)
        .order_by()
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
    return sums


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
