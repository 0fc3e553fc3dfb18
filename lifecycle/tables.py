"""A table that a page shows, to be taken along: one description, a file for spreadsheets and one for programs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpResponse, JsonResponse, QueryDict
from django.urls import URLPattern, path, reverse

from lifecycle import sheets

#: The forms in which a table is taken along; each is an address of its own.
FORMS: Final = ("csv", "json")
#: What an address adds where the file is to hold not what is in a number, but what was left out of it.
LIST, LEFT_OUT = "list", "left-out"


@dataclass(frozen=True)
class Table:
    """Rows under heads, no two of which are alike; and what a number among them means, on which day, of whom."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[object]]
    as_of: date | None = None
    population: str = ""
    definition: str = ""


def answer(table: Table, form: str) -> HttpResponse:
    """The table as a file to be saved. Days are written as ISO writes them."""
    filename = f"{table.name}-{table.as_of.isoformat()}" if table.as_of else table.name
    if form == "csv":
        return sheets.download(f"{filename}.csv", table.heads, table.rows)
    told = {
        "table": table.name,
        "as_of": table.as_of,
        "population": table.population,
        "definition": table.definition,
        "rows": [dict(zip(table.heads, row, strict=True)) for row in table.rows],
    }
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{filename}.json"'
    return response


def addresses(route: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    """An address for each form, `….csv` and `….json`; the view is told which as `form`."""
    return [path(f"{route}.{form}", view, {"form": form}, name=f"{name}-{form}") for form in FORMS]


def links(
    name: str, parts: Sequence[object], query: QueryDict | None = None, *, left_out: bool = False
) -> dict[str, str]:
    """Where the table of a page is to be had, by the form: all rows of what the page was asked."""
    asked = query.copy() if query is not None else QueryDict(mutable=True)
    asked.pop("page", None)
    if left_out:
        asked[LIST] = LEFT_OUT
    question = f"?{asked.urlencode()}" if asked else ""
    return {form: reverse(f"{name}-{form}", args=parts) + question for form in FORMS}


def is_left_out(query: QueryDict) -> bool:
    """Whether the address asks for what was left out."""
    return query.get(LIST) == LEFT_OUT
