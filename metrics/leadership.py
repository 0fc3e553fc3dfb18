"""Leadership in a team's community, as its page shows it: distributed, yet strong, with regular meetings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lifecycle.lines import Line, line
from lifecycle.measures import Measure
from lifecycle.models import Criterion
from metrics.evidence import Evidence
from metrics.measures import roles
from metrics.work import Work, work_of
from pathways.models import CommunityRole, Contributor
from teams import wording
from teams.models import Measurement, Team

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
class WorkChart:
    """How much of the work is not staff's, over twelve months."""

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


def is_shown(team: Team) -> bool:
    """Whether the gate of the team's stage, or of one before it, asks for leaders or mentors. One query."""
    asking = Criterion.objects.filter(measure__in=ASKED, retired=False, stage__retired=False)
    return asking.filter(stage__order__lte=team.stage.order).exists()


def leadership_of(team: Team) -> Leadership:
    """The roles and mentors that the measures count, and the gate's own numbers. A fixed number of queries."""
    evidence = Evidence(team)
    held, pairs = roles.held(evidence), roles.pairs(evidence)
    ids = {role.who for role in held} | {role.who for role, _mentees in pairs}
    ids |= {one.who for _role, mentees in pairs for one in mentees}
    names = dict(Contributor.objects.filter(pk__in=ids).values_list("pk", "name"))
    return Leadership(
        holders=_sorted(Holder(one.who, names[one.who], _label(one), one.since) for one in held),
        mentors=_sorted(
            Holder(
                role.who, names[role.who], _label(role), role.since, tuple((one.who, names[one.who]) for one in mentees)
            )
            for role, mentees in pairs
        ),
        numbers=_numbers(team),
        chart=_chart(work_of(evidence)),
    )


def _label(given: roles.Given) -> str:
    return str(CommunityRole.Role(given.role).label)


def _sorted(holders: Iterable[Holder]) -> list[Holder]:
    return sorted(holders, key=lambda each: (each.role, each.name.casefold(), each.id))


def _numbers(team: Team) -> list[Number]:
    """As the gate has them. One query."""
    rows = {row.measure: row for row in Measurement.objects.filter(team=team, measure__in=SHOWN, window_days=0)}
    found = []
    for measure in SHOWN:
        row = rows.get(measure)
        value = row.value if row else None
        found.append(
            Number(
                label=str(measure.label),
                words="" if value is None else wording.amount(measure, value),
                reason=row.reason if row else _("Not counted yet."),
                explain=reverse("metrics:number", args=[team.slug, measure.value]),
            )
        )
    return found


def _chart(years: list[Work]) -> WorkChart | None:
    """None where nobody did anything in the last year."""
    drawn = line([year.last for year in years], [year.percent for year in years])
    now, before = years[-1], years[0]
    if drawn is None or not now.every:
        return None
    told = {"now": now.percent, "before": before.percent, "day": date_format(before.last, "j M Y")}
    if not before.every:
        title = _("%(now)d %% of the work is not by staff") % told
    else:
        title = _("%(now)d %% of the work is not by staff; on %(day)s it was %(before)d %%") % told
    return WorkChart(title, drawn, years, now.last)
