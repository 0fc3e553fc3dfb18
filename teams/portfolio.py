"""The portfolio: every team the reader may see, chosen and summed by the database from rows that hold now."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, cast

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from lifecycle import clock
from lifecycle.prepared import prepared
from teams import portfolio_moves
from teams.gates import Outcome
from teams.models import Team, User
from teams.portfolio_rows import TeamRow, Totals
from teams.portfolio_seen import Eyes, Values, in_order, seen
from teams.runs import Run

PAGE: Final = 50


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
    eyes = Eyes(reader, wanted)
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
    return _made(Eyes(reader, asked).see(_rows, sort=asked.get("sort")))


def rows_among(reader: User, teams: Iterable[Team]) -> list[TeamRow]:
    """The rows of some teams, in the order of their names; of those that the reader sees."""
    rows = _made(Eyes(reader, {}, among=[team.pk for team in teams]).see(_rows, sort="name"))
    return sorted(rows, key=lambda row: (row.name.casefold(), row.team_id))


@prepared
def _first_of_each_stage(
    *values: Any, passing: Q, sort: str | None, depth: int, is_admin: bool, is_all: bool
) -> QuerySet[Any, Any]:
    """So many rows of each stage, in the order in which they stand."""
    rows = in_order(seen(Values(*values), is_admin=is_admin, is_all=is_all).filter(passing), sort)
    place = Window(RowNumber(), partition_by="team__stage", order_by=cast("list[F | str]", rows.query.order_by))
    first: QuerySet[Any, Any] = rows.annotate(place=place).filter(place__lte=depth).values(*_OF_ROW)
    return first


@prepared
def _rows(
    *values: Any, passing: Q, sort: str | None, begin: int = 0, most: int | None = None, is_admin: bool, is_all: bool
) -> QuerySet[Any, Any]:
    """The rows in their order, all or those of a page."""
    rows = in_order(seen(Values(*values), is_admin=is_admin, is_all=is_all).filter(passing), sort)
    told: QuerySet[Any, Any] = rows.values(*_OF_ROW)
    return told[begin : None if most is None else begin + most]


def _made(rows: Iterable[dict[str, Any]]) -> list[TeamRow]:
    return [TeamRow(**row) for row in rows]


@prepared
def _sums(*values: Any, passing: Q, is_admin: bool, is_all: bool) -> QuerySet[Any, Any]:
    """What is counted, by stage and by whether the teams are the reader's own: all that the head and the board need."""
    undecided = Q(outcome=Outcome.UNDECIDED)
    sums: QuerySet[Any, Any] = (
        seen(Values(*values), is_admin=is_admin, is_all=is_all)
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
