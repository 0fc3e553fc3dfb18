"""What of the portfolio a reader sees: a row per visible team, with whose move it is; filtered, and in an order."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from lifecycle import clock
from lifecycle.prepared import Question, prepared
from teams import glances
from teams.dashboard.moves import SILENT_DAYS
from teams.gates import Mover, Outcome
from teams.models import Glance, Membership, Role, Team, User

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


class Values(NamedTuple):
    """What the portfolio's questions are asked with: a reader and a day. Teams are ids."""

    language: str
    today: date
    silent_before: date
    visible: Collection[int]
    mine: Collection[int]
    activating: Collection[int]
    partnering: Collection[int]


class Eyes:
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


def seen(of: Values, *, is_admin: bool, is_all: bool) -> QuerySet[Glance]:
    """A row per visible team that is not retired."""
    my_move = Q(mover=Mover.ACTIVATOR, team__any=of.activating) | Q(mover=Mover.PARTNER, team__any=of.partnering)
    if is_admin:
        my_move |= Q(mover=Mover.ADMIN)  # any of them can do it
    silent = Q(team__state=Team.State.ACTIVE, silent_since__lt=of.silent_before)
    stale = Q(valid_until__lt=of.today)
    rows = Glance.objects.filter(language=of.language).exclude(team__state=Team.State.RETIRED)
    return (rows if is_all else rows.filter(team__any=of.visible)).annotate(
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


def in_order(rows: QuerySet[Glance], sort: object) -> QuerySet[Glance]:
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
    return rows.order_by(F("is_mine").desc(), *keys, "name_key", "team_id")
