"""From a stored file to physical lines of text: unpacks gzip, refuses what is no text, and bounds every read."""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from metrics.sources import Problem

#: Longest row, in bytes; also the longest cell the csv module reads by default (128 KiB).
ROW_LIMIT = 131_072
#: Most bytes that a gzip file may unpack to.
UNPACKED_LIMIT = 2 * 1024**3

FOREIGN = (
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"PK\x03\x04", "Excel"),
    (b"\xd0\xcf\x11\xe0", "Excel"),
    (b"%PDF", "PDF"),
)


class Unreadable(Exception):
    """The file cannot be read past this place."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def where_it_breaks(row: str, delimiter: str = ",") -> tuple[int, int]:
    """Where strict CSV reading of a row ends: line breaks before that cell, and the cell's number from 1."""
    cell, state, breaks, begun = 1, "start", 0, 0
    for index, character in enumerate(row):
        breaks += character == "\n"
        if state == "quoted":
            state = "closing" if character == '"' else "quoted"
        elif character == '"' and state in {"start", "closing"}:
            state = "quoted"
        elif character == delimiter:
            cell, state, begun = cell + 1, "start", breaks
        elif character in "\r\n":
            if row[index:].strip("\r\n"):
                break
        elif state == "closing":
            break
        else:
            state = "plain"
    return begun, cell


class Lines:
    """Physical lines for the csv module, decoded one by one; remembers the row that is being read.

    Bytes that are not UTF-8 become lone surrogates and mark the row `suspect`, so that the cell can be named.
    """

    def __init__(self, stored: BinaryIO) -> None:
        self.number = 0
        self.start = 1
        self.suspect = False
        self.delimiter = ","
        self._row: list[str] = []
        self._size = self._total = 0
        self._file = self._open(stored)

    def _open(self, stored: BinaryIO) -> BinaryIO:
        head = stored.read(512)
        stored.seek(0)
        if head.startswith(b"\x1f\x8b"):
            file = cast("BinaryIO", gzip.GzipFile(fileobj=stored))
            try:
                head = file.read(512)
                file.seek(0)
            except (EOFError, OSError, zlib.error):
                raise self.unreadable(_("The gzip file is damaged or cut off.")) from None
        else:
            file = stored
        for magic, name in FOREIGN:
            if head.startswith(magic):
                raise self.unreadable(
                    _("The file is in %(name)s format, not CSV. Save it as “CSV UTF-8” and upload that.")
                    % {"name": name}
                )
        head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        if head.startswith((b'{"', b'[{"')):
            raise self.unreadable(_("This is JSON, not CSV. What Perceval writes belongs to a source of its own type."))
        if head.startswith(b"<"):
            raise self.unreadable(_("This is a web page or XML file, not CSV. Was the download behind a log-in?"))
        return file

    def unreadable(self, reason: str) -> Unreadable:
        """The error that ends the reading, at the cell that has been reached."""
        row = self.row
        breaks, cell = where_it_breaks(row, self.delimiter)
        line = self.start + breaks if row else max(self.number, 1)
        return Unreadable(Problem(line, cell, "", reason, (row[:200],)))

    @property
    def row(self) -> str:
        """The lines of the row that is being read, as they stand in the file."""
        return "".join(self._row)

    def peek(self) -> str:
        """The first line, left to be read; without what is no text."""
        try:
            raw = self._file.readline(ROW_LIMIT + 1)
            self._file.seek(0)
        except (EOFError, OSError, zlib.error):
            raise self.unreadable(_("The gzip file is damaged or cut off.")) from None
        return raw.decode(errors="ignore").removeprefix("\ufeff")

    def begin(self) -> None:
        """The next line is the first of a row."""
        self._row.clear()
        self._size, self.suspect, self.start = 0, False, self.number + 1

    def read(self, size: int) -> bytes:
        """The bytes behind the lines that have been read, at most so many, undecoded. Raises Unreadable."""
        try:
            return self._file.read(size)
        except (EOFError, OSError, zlib.error):
            raise self.unreadable(_("The gzip file is damaged or cut off.")) from None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            raw = self._file.readline(ROW_LIMIT + 1)
        except (EOFError, OSError, zlib.error):
            raise self.unreadable(_("The gzip file is damaged or cut off.")) from None
        if not raw:
            raise StopIteration
        self.number += 1
        self._size += len(raw)
        self._total += len(raw)
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode(errors="surrogateescape")
            self.suspect = True
        if self.number == 1:
            text = text.removeprefix("\ufeff")
        self.suspect = self.suspect or "\0" in text
        self._row.append(text)
        if self._size > ROW_LIMIT:
            raise self.unreadable(
                _("The row is longer than %(limit)d bytes. Is a quote missing, or a line break?") % {"limit": ROW_LIMIT}
            )
        if self._total > UNPACKED_LIMIT:
            raise self.unreadable(_("The file is larger than %(limit)d bytes.") % {"limit": UNPACKED_LIMIT})
        return text
