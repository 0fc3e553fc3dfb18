"""Leadership in a team's community, as its page shows it: distributed, yet strong, with regular meetings.

Everything was counted with the gate's measures and is kept with them: nothing is counted here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lifecycle.days import in_words
from lifecycle.lines import Line, line
from lifecycle.measures import Measure
from lifecycle.models import Criterion
from lifecycle.prepared import prepared
from pathways.models import CommunityRole, Contributor
from teams import wording
from teams.models import Measurement, Team
from teams.verdicts import Verdict

#: Leadership is shown from the first stage on whose gate asks for one of these (Scaling).
ASKED = (Measure.LEADERS, Measure.MENTORS)
#: Numbers of the gate that are shown with it.
SHOWN = (Measure.CHECK_INS_90D, Measure.ABSENCE_FACTOR)


@dataclass(frozen=True)
class Holder:
    """Somebody and their role: who mentors has mentees."""

    id: int
    name: str
    role: str
    since: date
    mentees: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Number:
    """A number of the gate, in words, and the address that explains it; `reason` says why there is none."""

    label: str
    words: str
    reason: str
    explain: str


@dataclass(frozen=True)
class Work:
    """The contributions of the 365 days that end on a day."""

    last: date
    volunteers: int
    every: int

    @property
    def percent(self) -> int:
        """The share that is not by staff, in whole per cent, cut; 0 of nothing."""
        return 100 * self.volunteers // self.every if self.every else 0


@dataclass(frozen=True)
class WorkChart:
    """How much of the work is not by staff, over twelve months."""

    title: str
    line: Line
    years: Sequence[Work]
    as_of: date


@dataclass(frozen=True)
class Leadership:
    """Who leads and mentors, how often people meet, and on whom the work rests."""

    holders: Sequence[Holder]
    mentors: Sequence[Holder]
    numbers: Sequence[Number]
    chart: WorkChart | None


def is_asked(verdict: Verdict) -> bool:
    """Whether leadership is asked for by the gate, or was by one before it. At most one query."""
    if any(row.measure in ASKED for row in verdict.conditions):
        return True
    return bool(_asking_before(verdict.stage.order))


@prepared
def _asking_before(order: int) -> QuerySet[Criterion, int]:
    asking = Criterion.objects.filter(measure__in=ASKED, retired=False, stage__retired=False, stage__order__lt=order)
    return asking.order_by().values_list("pk", flat=True)[:1]


def leadership_of(team: Team, verdict: Verdict, measured: Iterable[Measurement]) -> Leadership | None:
    """The team's leadership as last counted; None before that, and in stages before it is asked for.

    `measured` are all of the team's measurements. At most two queries.
    """
    rows = {row.measure: row for row in measured if row.measure in ASKED + SHOWN and not row.window_days}
    if not rows or not is_asked(verdict):
        return None
    held, pairs = _told(rows, Measure.LEADERS, "held"), _told(rows, Measure.MENTORS, "pairs")
    ids = {each["who"] for each in [*held, *pairs]} | {mentee for pair in pairs for mentee in pair["mentees"]}
    names = dict(_names(ids))
    mentor = {"role": CommunityRole.Role.MENTOR}
    return Leadership(
        holders=_holders(held, names),
        mentors=_holders([mentor | pair for pair in pairs], names),
        numbers=[_number(team, measure, rows.get(measure)) for measure in SHOWN],
        chart=_chart([_year(each) for each in _told(rows, Measure.ABSENCE_FACTOR, "work")]),
    )


@prepared
def _names(ids: Iterable[int]) -> QuerySet[Contributor, tuple[int, str]]:
    return Contributor.objects.filter(pk__any=ids).values_list("pk", "name")


def _told(rows: dict[str, Measurement], measure: Measure, name: str) -> list[dict[str, Any]]:
    """What was kept with a measure."""
    row = rows.get(measure)
    found: list[dict[str, Any]] = row.detail.get(name, []) if row else []
    return found


def _holders(told: Iterable[dict[str, Any]], names: dict[int, str]) -> list[Holder]:
    """By role and name; who was merged into somebody else since the count is told after the next one."""
    found = [
        Holder(
            each["who"],
            names[each["who"]],
            str(CommunityRole.Role(each["role"]).label),
            date.fromisoformat(each["since"]),
            tuple((mentee, names[mentee]) for mentee in each.get("mentees", []) if mentee in names),
        )
        for each in told
        if each["who"] in names
    ]
    return sorted(found, key=lambda each: (each.role, each.name.casefold(), each.id))


def _number(team: Team, measure: Measure, row: Measurement | None) -> Number:
    """As the gate has it."""
    return Number(
        label=str(measure.label),
        words="" if row is None or row.value is None else wording.amount(measure, row.value),
        reason=row.reason if row else _("Not counted yet."),
        explain=reverse("metrics:number", args=[team.slug, measure.value]),
    )


def _year(told: dict[str, Any]) -> Work:
    return Work(date.fromisoformat(told["last"]), told["volunteers"], told["every"])


def _chart(years: Sequence[Work]) -> WorkChart | None:
    """None where nobody did anything in the last year."""
    drawn = line([year.last for year in years], [year.percent for year in years])
    if drawn is None or not years[-1].every:
        return None
    now, before = years[-1], years[0]
    told = {"now": now.percent, "before": before.percent, "day": in_words(before.last)}
    if not before.every:
        title = _("%(now)d %% of the work is not by staff") % told
    else:
        title = _("%(now)d %% of the work is not by staff; on %(day)s it was %(before)d %%") % told
    return WorkChart(title, drawn, years, now.last)
