"""The lines of a file that were rejected, as they stand in it: to be mended there, and uploaded alone."""

import gzip
from collections.abc import Iterator
from typing import BinaryIO, Final, cast

from metrics.models import Source
from metrics.sources import Adapter, Options, Problem, csv
from metrics.sources.text import Unreadable

BLOCK: Final = 1 << 16


def lines(file: BinaryIO, source: Source, adapter: Adapter) -> Iterator[bytes]:
    """The header, if the format has one, and each rejected row. Read twice, and closed at the end."""
    with file:
        if source.type == Source.Type.CSV:
            yield from _of_table(file, source.options)
            return
        numbers = {problem.line for batch in adapter(file, source.options) for problem in batch.problems}
        file.seek(0)
        yield from (line for number, line in enumerate(_unpacked(file), 1) if number in numbers)


def _of_table(file: BinaryIO, options: Options) -> Iterator[bytes]:
    """A row may take several lines. Behind a place past which nothing can be read, all of it is rejected."""
    broken_at = 1
    try:
        reader, cells, header = csv.opened(file, options)
        yield reader.row.encode(errors="surrogateescape")
        for row in csv.rows(cells, reader):
            if isinstance(header.read(row, reader), Problem):
                yield reader.row.encode(errors="surrogateescape")
            broken_at = reader.number + 1
    except Unreadable:
        file.seek(0)
        yield from (line for number, line in enumerate(_unpacked(file), 1) if number >= broken_at)


def _unpacked(file: BinaryIO) -> Iterator[bytes]:
    """The physical lines, as far as they can be had."""
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    stream = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file
    try:
        yield from stream
    except (EOFError, OSError):
        return
