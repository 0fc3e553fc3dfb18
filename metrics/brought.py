"""What an import brought: each of its figures in words, and the contributions that make it, one by one.

The figures are those of the day on which the file was read; the lists are of today. Where a decision has moved some of
them since, both are shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, overload

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.acts import COUNTS, PATHWAYS
from metrics.cohorts import Parameters
from metrics.left_out import REASON, reasons
from metrics.models import Import
from pathways.models import Contributor

#: What each figure of a report is called, and how it is counted, in the order in which a report shows them.
FIGURES: Final[dict[str, tuple[str | Promise, str | Promise]]] = {
    "items": (
        gettext_lazy("items"),
        gettext_lazy("What the file holds: commits, issues, posts. One may tell several contributions, or none."),
    ),
    "rows": (
        gettext_lazy("rows"),
        gettext_lazy("What was read as one contribution each: the new, the duplicate and the rejected ones together."),
    ),
    "new": (
        gettext_lazy("new"),
        gettext_lazy(
            "Contributions that the team did not have yet: none of this kind and id had come before, by whichever way. "
            "Not each of them counts; the list says why."
        ),
    ),
    "duplicate": (
        gettext_lazy("duplicate"),
        gettext_lazy(
            "Contributions of a kind and id that the team had already, by this source or another, or that stand in the "
            "file twice. The first one stands, and nothing was added. Which ones they are is told by the file alone."
        ),
    ),
    "quarantined": (
        gettext_lazy("quarantined"),
        gettext_lazy(
            "New ones whose day cannot be right: before the declared start of its source, before 1970, or more than a "
            "day in the future. They are kept, and count nowhere until somebody decides about them on the data page."
        ),
    ),
    "unknown_kind": (
        gettext_lazy("unknown kind"),
        gettext_lazy(
            "New ones of a kind that nobody has decided about. They are kept, and count nowhere until an admin does."
        ),
    ),
    "rejected": (
        gettext_lazy("rejected"),
        gettext_lazy(
            "Rows that cannot be read. One is enough for a whole file to be left out; of what a program sends, the "
            "others are taken in. The report lists the first 200, with their places and reasons."
        ),
    ),
}
#: Which contributions `c` of the import make a figure; one that is not here has no list.
AMONG: Final = {
    "new": "true",
    "quarantined": "c.state IN (2, 3)",
    "unknown_kind": "c.state < 2 AND known.state = 'unknown'",
}
#: Rows of a file: more are a matter for the database.
MOST: Final = 100_000

JOINS: Final = """
  JOIN pathways_kind spelt ON spelt.id = c.kind_id
  JOIN pathways_kind known ON known.id = COALESCE(spelt.same_as_id, spelt.id)
 WHERE c.team_id = %(team)s AND c.import_id = %(import)s
"""
ROWS: Final = f"""
WITH {PATHWAYS}
SELECT c.occurred_at, c.contributor_id, spelt.label, CASE WHEN {COUNTS} THEN '' ELSE {REASON} END
  FROM metrics_contribution c
  JOIN pathway ON pathway.team_id = c.team_id AND pathway.id = c.pathway_id
  JOIN metrics_import i ON i.id = c.import_id
  JOIN metrics_source s ON s.id = i.source_id
  {JOINS} AND {{among}}
 ORDER BY c.occurred_at DESC, c.key LIMIT %(limit)s OFFSET %(offset)s
"""
NUMBER: Final = f"SELECT count(*) FROM metrics_contribution c {JOINS} AND {{among}}"


@dataclass(frozen=True)
class Brought:
    """One contribution. `why` is empty where it counts."""

    occurred_at: datetime
    who: Contributor
    kind: str
    why: str


class Contributions(Sequence[Brought]):
    """Those that make a figure of an import today, the latest first, read a page at a time."""

    def __init__(self, delivery: Import, key: str) -> None:
        team = delivery.source.team_id
        self._among = AMONG[key]
        self._values: Parameters = {"team": team, "teams": [team], "sources": None, "import": delivery.pk}
        with connection.cursor() as cursor:
            cursor.execute(NUMBER.format(among=self._among), self._values)
            self._number: int = cursor.fetchone()[0]

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, place: int) -> Brought: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Brought]: ...
    def __getitem__(self, place: int | slice) -> Brought | Sequence[Brought]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        first, last, _step = place.indices(self._number)
        return list(self._read(first, last))

    def _read(self, first: int, last: int) -> Iterator[Brought]:
        with connection.cursor() as cursor:
            cursor.execute(
                ROWS.format(among=self._among), {**self._values, "limit": max(last - first, 0), "offset": first}
            )
            rows = cursor.fetchall()
        people, words = Contributor.objects.in_bulk({who for _at, who, _kind, _why in rows}), reasons()
        return (Brought(at, people[who], kind, words.get(why, "")) for at, who, kind, why in rows)


@dataclass(frozen=True)
class ImportFigure:
    """One figure of a report, explained. `acts` is None where it has no list."""

    key: str
    title: str
    value: int
    formula: str
    acts: Contributions | None

    @property
    def since(self) -> str:
        """How many there are today, where that is another number than on the day of the import."""
        if self.acts is None or len(self.acts) == self.value:
            return ""
        return _("Today there are %(count)d: decisions have been made since.") % {"count": len(self.acts)}


def figure_of(delivery: Import, key: str) -> ImportFigure:
    """One of FIGURES. Two queries, and three for its list."""
    title, formula = FIGURES[key]
    acts = Contributions(delivery, key) if key in AMONG else None
    return ImportFigure(key, str(title), getattr(delivery, key), str(formula), acts)
