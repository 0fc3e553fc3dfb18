"""From a stored file to blocks of whole lines, undecoded: unpacks gzip, and bounds every read."""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from metrics.sources.text import ROW_LIMIT, UNPACKED_LIMIT

BLOCK: Final = 1 << 18


class Broken(Exception):
    """Nothing can be read past this place, which is behind `rest`, the beginning of a line."""

    def __init__(self, reason: str, rest: bytes) -> None:
        super().__init__(reason)
        self.reason, self.rest = reason, rest


class Blocks:
    """A file's lines, a block at a time. `position` is how many bytes of the stored file have been read.

    A pipe will do for a file that is not packed: nothing is asked of it but `read`.
    """

    def __init__(self, stored: BinaryIO) -> None:
        self.position = 0
        self._stored = stored
        self._packed: gzip.GzipFile | None = None

    def __iter__(self) -> Iterator[bytes]:
        """Each block ends with a line; only the last one may end inside of one. Raises Broken."""
        total, rest = 0, b""
        while data := self._read(rest):
            total += len(data)
            if total > UNPACKED_LIMIT:
                raise Broken(_("The file is larger than %(limit)d bytes.") % {"limit": UNPACKED_LIMIT}, rest)
            data = rest + data
            end = data.rfind(b"\n") + 1
            rest = data[end:]
            lines = data.split(b"\n")
            if max(map(len, lines)) > ROW_LIMIT:
                sound = next(number for number, line in enumerate(lines) if len(line) > ROW_LIMIT)
                if sound:
                    yield b"\n".join([*lines[:sound], b""])
                raise Broken(_("The line is longer than %(limit)d bytes.") % {"limit": ROW_LIMIT}, lines[sound])
            if end:
                yield data[:end]
        if rest:
            yield rest

    def _read(self, rest: bytes) -> bytes:
        if self._packed is None:
            data = self._stored.read(BLOCK)
            begins, self.position = not self.position, self.position + len(data)
            if not (begins and data.startswith(b"\x1f\x8b")):
                return data
            self._stored.seek(0)
            self._packed = gzip.GzipFile(fileobj=self._stored)
        try:
            data = self._packed.read1(BLOCK)  # read() would lose what stands before the damage
        except (EOFError, OSError, zlib.error):
            raise Broken(_("The gzip file is damaged or cut off."), rest) from None
        self.position = self._stored.tell()
        return data
