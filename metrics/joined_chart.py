"""Who of a cohort was active on the 90th day after joining, as a heat map: a row a cohort, a column a way to join."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from lifecycle.heat import Cell, HeatMap, Row, heat_map
from metrics.cohorts import Asked, Cohort
from metrics.explain_cohorts import told
from metrics.retention import JOINED, Joined
from pathways.models import Level
from teams.models import Population

#: Where a number is explained, of the level and the cohort that are named.
Address = Callable[..., str]


@dataclass(frozen=True)
class JoinedCell:
    """A cohort of one way to join: words for the cell and for a pointer; none where nobody joined."""

    text: str
    words: str
    share: int | None
    is_final: bool
    explain: str


@dataclass(frozen=True)
class JoinedRow:
    """One cohort, in both ways to join."""

    cohort: Cohort
    cells: Sequence[JoinedCell]


@dataclass(frozen=True)
class JoinedChart:
    """The cohorts, the oldest first, and the picture of them."""

    title: str
    population: str
    as_of: date
    rows: Sequence[JoinedRow]
    drawn: HeatMap

    @property
    def drawn_rows(self) -> list[tuple[JoinedRow, Row, list[tuple[JoinedCell, Cell]]]]:
        """Each cohort beside its place in the picture, and each cell beside its own."""
        pairs = zip(self.rows, self.drawn.rows, strict=True)
        return [(row, place, list(zip(row.cells, place.cells, strict=True))) for row, place in pairs]


def joined_chart(asked: Asked, found: dict[Level, list[Joined]], address: Address) -> JoinedChart | None:
    """The chart; None where nobody has joined."""
    by_cohort = {level: {each.cohort: each for each in rows} for level, rows in found.items()}
    cohorts = sorted({cohort for rows in by_cohort.values() for cohort in rows}, key=lambda cohort: cohort.first)
    rows = [
        JoinedRow(
            cohort,
            [_cell(by_cohort[level].get(cohort), address(level=level, cohort=cohort.first)) for level in JOINED],
        )
        for cohort in cohorts
    ]
    drawn = heat_map([[cell.share for cell in row.cells] for row in rows])
    if drawn is None:
        return None
    return JoinedChart(
        title=_title(found[Level.ACTIVE]),
        population=str(Population(str(asked.population)).label),
        as_of=asked.as_of,
        rows=rows,
        drawn=drawn,
    )


def _title(found: Sequence[Joined]) -> str:
    """The latest final number of those who became active."""
    final = [each for each in found if each.is_final and each.people]
    if not final:
        return _("Active 90 days after joining: no cohort is final yet")
    words = told(final[-1].kept, final[-1].people, True)
    return _("Still active 90 days after becoming active: %(rate)s in the latest final cohort") % {"rate": words}


def _cell(each: Joined | None, explain: str) -> JoinedCell:
    if each is None or not each.people:
        return JoinedCell("–", "", None, True, explain)  # noqa: RUF001
    words = told(each.kept, each.people, each.is_final)
    if not each.is_final:
        return JoinedCell(_("maturing"), words, None, False, explain)
    numbers = {"kept": each.kept, "people": each.people, "share": each.share}
    text = _("%(kept)d of %(people)d") if each.share is None else _("%(share)d %% of %(people)d")
    return JoinedCell(text % numbers, words, each.share, True, explain)
