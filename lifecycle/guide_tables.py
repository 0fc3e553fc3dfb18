"""The tables of the guide, to be taken along: everything that it says, and what the gates ask."""

from collections.abc import Callable, Sequence
from typing import Final

from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.guide import Cell, Entry, Rung, ladder
from lifecycle.tables import Table


def table_of(name: str) -> Table:
    """One of TABLES, as of today."""
    heads, rows = TABLES[name]
    stages = ladder(reader="")
    return Table(f"lifecycle-{name}", heads(), [row for rung in stages for row in rows(rung)], clock.today())


def _definition_heads() -> list[str]:
    return [_("Stage"), _("Facet"), _("Item"), _("Within"), _("Detail"), _("Link"), _("Notes")]


def _definition(rung: Rung) -> list[tuple[str, ...]]:
    """A row for each text and each item; one within another names it."""
    return [(rung.stage.name, str(cell.facet.label), *said) for cell in rung.cells for said in _said(cell)]


def _said(cell: Cell) -> list[tuple[str, ...]]:
    texts = [(cell.text, "", "", "", "")] if cell.text else []
    items = [
        _item(each, within)
        for entry in cell.entries
        for each, within in ((entry, ""), *((child, entry.text) for child in entry.children))
    ]
    return [*texts, *items]


def _item(entry: Entry, within: str) -> tuple[str, ...]:
    return (entry.text, within, entry.detail, entry.url, "; ".join(entry.notes))


def _condition_heads() -> list[str]:
    return [_("Stage"), _("Condition"), _("Measure"), _("How it is counted"), _("Wanted"), _("Strength")]


def _conditions(rung: Rung) -> list[tuple[str, ...]]:
    """A row for each criterion of the gate at the end of the stage."""
    return [
        (rung.stage.name, ask.sentence, ask.measure, ask.explanation, ask.wanted, ask.strength)
        for cell in rung.cells
        for ask in cell.asks
    ]


Heads = Callable[[], Sequence[str]]
Rows = Callable[[Rung], list[tuple[str, ...]]]
TABLES: Final[dict[str, tuple[Heads, Rows]]] = {
    "definition": (_definition_heads, _definition),
    "conditions": (_condition_heads, _conditions),
}
