"""CSV that needs no careful reader: a file which PostgreSQL's COPY and metrics/sources/csv.py read alike.

Most exports are such files, and COPY takes them many times as fast. This module only looks: where anything stands
that the two could read differently, or that is wrong, it raises Doubtful, and the careful reader has the last word.
"""

import csv
import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from metrics.sources.csv import delimiter_of
from metrics.sources.header import Header
from metrics.sources.text import ROW_LIMIT, UNPACKED_LIMIT, Lines, Unreadable

BLOCK: Final = 1 << 18
#: Rows of one line each, every quote in its place.
ROWS: Final = re.compile(rb'(?:(?:"(?:[^"\r\n]|"")*+"|[^",\r\n]*+)(?:,|\r?\n))*+')
#: Bytes of a blank beside the end of a cell, or of any blank but the space: cells may then have to be stripped.
#: Each is another walk over the file, so those that need a quote, or a letter beyond ASCII, are looked for with it.
BLANKS: Final = (b" ,", b", ", b" \n", b"\n ", b" \r", b"\t", b"\v", b"\f", b"\x1c", b"\x1d", b"\x1e", b"\x1f")
QUOTED_BLANKS: Final = (b' "', b'" ')
OTHER_BLANKS: Final = (
    *(b"\xc2\x85", b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80", b"\xe2\x81\x9f", b"\xe3\x80\x80", b"\xef\xbb\xbf"),
)


class Doubtful(Exception):
    """The careful reader has to read this file."""


class Block(NamedTuple):
    """Whole lines, how far the stored file has been read, and whether cells may begin or end with blanks."""

    data: bytes
    position: int
    has_blanks: bool


class Plain:
    """A file behind its header: `fields` are our names of its columns, "" for those that we do not read."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises Doubtful for a file whose first line is no header that we can use."""
        self._stored = file
        try:
            self._lines = Lines(file)
            if delimiter_of(self._lines.peek()) != ",":
                raise Doubtful
            row = next(csv.reader(self._lines, strict=True), None)
            if not row or self._lines.number != 1:
                raise Doubtful
            header = Header(row, self._lines)
        except (Unreadable, csv.Error) as error:
            raise Doubtful from error
        self.fields = header.fields

    def blocks(self) -> Iterator[Block]:
        """The rows, in blocks of whole lines. Raises Doubtful at the first that may need care."""
        total, rest, line_end = 0, b"", b"\n"
        while data := self._read():
            total += len(data)
            data = rest + data
            end = data.rfind(b"\n") + 1
            data, rest = data[:end], data[end:]
            if len(rest) > ROW_LIMIT or total > UNPACKED_LIMIT:
                raise Doubtful
            if data:
                line_end = b"\r\n" if data.endswith(b"\r\n") else b"\n"
                yield self._looked_at(data)
        if rest:  # COPY wants all lines to end alike
            yield self._looked_at(rest + line_end)

    def _read(self) -> bytes:
        try:
            return self._lines.read(BLOCK)
        except Unreadable as error:
            raise Doubtful from error

    def _looked_at(self, data: bytes) -> Block:
        # COPY ends at a line of \. only, and a blank line is a row to it.
        has_quotes, has_returns = b'"' in data, b"\r" in data
        if (b"\\" in data and b"\\." in data) or b"\0" in data:
            raise Doubtful
        if data.startswith((b"\n", b"\r")) or b"\n\n" in data or (has_returns and b"\n\r" in data):
            raise Doubtful
        if (has_quotes or has_returns) and not ROWS.fullmatch(data):
            raise Doubtful
        if max(map(len, data.split(b"\n"))) > ROW_LIMIT:
            raise Doubtful
        blanks = (*BLANKS, *(QUOTED_BLANKS if has_quotes else ()), *(() if data.isascii() else OTHER_BLANKS))
        has_blanks = data.startswith(b" ") or any(blank in data for blank in blanks)
        return Block(data, self._stored.tell(), has_blanks)
