"""The one writer of CSV for people: what they open in a spreadsheet must not become a formula there."""

import csv
from collections.abc import Iterable
from typing import Final

from django.http import HttpResponse

#: A cell that begins like this is computed by spreadsheets, the full-width forms too (OWASP ASVS 5.0, 1.2.10).
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def safe(cell: object) -> str | int | float:
    """The cell as text that a spreadsheet shows as it is: a formula gets an apostrophe before it. Numbers stay."""
    if isinstance(cell, int | float):
        return cell
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def download(filename: str, header: Iterable[object], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """A CSV file to be saved, every text in quotes; UTF-8 with a BOM, for spreadsheets guess otherwise."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.write("\ufeff")
    writer = csv.writer(response, quoting=csv.QUOTE_NONNUMERIC)
    for row in (header, *rows):
        writer.writerow([safe(cell) for cell in row])
    return response
