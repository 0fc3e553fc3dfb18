"""What becomes of the people of a team or pathway, as a page shows it: rates by cohort, times to a level, retention.

Every number carries the address of the page that explains it. A fixed number of queries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from lifecycle.heat import HeatMap, heat_map
from metrics.cohorts import COHORT_DAYS, WITHIN, Asked, Rate, Time, percent, rates, times
from metrics.explain_cohorts import told
from metrics.joined_chart import JoinedChart, joined_chart
from metrics.retention import Kept, joined, retention
from pathways.models import Level
from teams.models import Population

#: Cohorts on a page: a little over two years.
COHORTS = 9
#: The steps whose rates a page shows.
WAYS = ((Level.CASUAL, Level.ACTIVE), (Level.ACTIVE, Level.CORE))


@dataclass(frozen=True)
class Cell:
    """Who of a cohort had come within so many days: words for the cell, and for a pointer."""

    days: int
    text: str
    words: str
    is_final: bool
    share: int | None


@dataclass(frozen=True)
class Line:
    """One cohort of a rate."""

    rate: Rate
    cells: Sequence[Cell]
    explain: str

    @property
    def matures_on(self) -> date:
        """The first day on which nothing of it can change."""
        return self.rate.cohort.last + timedelta(days=COHORT_DAYS)


@dataclass(frozen=True)
class RateChart:
    """The rates of one step by cohort, as a heat map and as a table."""

    title: str
    label: str
    caption: str
    population: str
    as_of: date
    columns: Sequence[int]
    lines: Sequence[Line]
    drawn: HeatMap | None
    explain: str

    @property
    def drawn_lines(self) -> list[tuple[Line, object, list[tuple[Cell, object]]]]:
        """Each line beside its place in the picture, and each cell beside its own."""
        if self.drawn is None:
            return []
        pairs = zip(self.lines, self.drawn.rows, strict=True)
        return [(line, row, list(zip(line.cells, row.cells, strict=True))) for line, row in pairs]


@dataclass(frozen=True)
class TimeRow:
    """Days from the first contribution to one level."""

    time: Time
    explain: str


@dataclass(frozen=True)
class Outcomes:
    """What became of the people, for one population."""

    as_of: date
    population: Population
    charts: Sequence[RateChart]
    times: Sequence[TimeRow]
    kept: Kept
    kept_words: str
    kept_explain: str
    joined: JoinedChart | None

    @property
    def anybody(self) -> bool:
        """Whether there is anything to tell."""
        return self.joined is not None


def outcomes_of(asked: Asked) -> Outcomes:
    """Four queries."""
    found = rates(asked, *WAYS, cohorts=COHORTS)
    kept = retention(asked)
    return Outcomes(
        as_of=asked.as_of,
        population=Population(str(asked.population)),
        charts=[_chart(asked, way, found[way]) for way in WAYS],
        times=[TimeRow(time, address(asked, "time-to-level", level=time.level)) for time in times(asked)],
        kept=kept,
        kept_words=told(kept.kept, kept.people, True),
        kept_explain=address(asked, "retention"),
        joined=joined_chart(asked, joined(asked, cohorts=COHORTS), lambda **more: address(asked, "joining", **more)),
    )


def address(asked: Asked, name: str, **more: object) -> str:
    """Where a number of the same people on the same day is explained."""
    return f"{reverse(f'metrics:{name}', args=[asked.team.slug])}?{question_of(asked, **more)}"


def question_of(asked: Asked, **more: object) -> str:
    """Who is asked about on which day, as it stands in an address."""
    words = {key: value.name.lower() if isinstance(value, Level) else str(value) for key, value in more.items()}
    query = {"population": Population(str(asked.population)).value, "on": asked.as_of.isoformat(), **words}
    if asked.pathway:
        query["pathway"] = asked.pathway.slug
    return urlencode(query)


def _chart(asked: Asked, way: tuple[Level, Level], found: list[Rate]) -> RateChart:
    begun, came = way
    names = {"begun": begun.label, "came": came.label}
    lines = [
        Line(
            rate=rate,
            cells=[_cell(rate, days, number) for days, number in zip(WITHIN, rate.within, strict=True)],
            explain=address(asked, "conversion-rate", level=begun, to=came, cohort=rate.cohort.first),
        )
        for rate in found
    ]
    return RateChart(
        title=_title(names, [rate for rate in found if rate.is_final and rate.people]),
        label=_("Heat map: share of each 90-day cohort of %(begun)s that became %(came)s within 15 to 90 days") % names,
        caption=_(
            "Of the people who became %(begun)s in 90 days, the share who became %(came)s within so many days of their "
            "own day. Under five people: the count. Hatched: maturing, the days are not over for everybody."
        )
        % names,
        population=str(Population(str(asked.population)).label),
        as_of=asked.as_of,
        columns=WITHIN,
        lines=lines,
        drawn=heat_map([[cell.share for cell in line.cells] for line in lines]),
        explain=address(asked, "conversion-rate", level=begun, to=came),
    )


def _title(names: Mapping[str, object], final: list[Rate]) -> str:
    """What the chart shows, in its own last final number."""
    step = _("%(begun)s to %(came)s") % names
    step = step[:1].upper() + step[1:]
    if not final:
        return _("%(step)s: no cohort is final yet") % {"step": step}
    words = {"step": step, "rate": told(final[-1].converted, final[-1].people, True)}
    return _("%(step)s: %(rate)s in the latest final cohort") % words


def _cell(rate: Rate, days: int, number: int) -> Cell:
    final = rate.cohort.is_final(rate.as_of, days)
    share = percent(number, rate.people) if final else None
    if not final:
        text = _("maturing")
    elif share is None:
        text = str(number) if rate.people else "–"  # noqa: RUF001
    else:
        text = _("%(share)d %%") % {"share": share}
    return Cell(days, text, told(number, rate.people, final), final, share)
