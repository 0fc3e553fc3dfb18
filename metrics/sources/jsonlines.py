"""JSON lines: one value a line (UTF-8, gzip allowed), each with its line number, or what is wrong with it and where.

Memory does not grow with the file: one line is held at a time. LINE_LIMIT leaves room for an issue with a thousand
comments; what Python makes of any such line stays within 64 MB, since a LONG one may not also be made of very many
values. What a request may send is less, and is bounded where it comes in.
"""

import gzip
import zlib
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, Final, NamedTuple, cast

from django.utils.translation import gettext as _
from jiter import from_json

from metrics.sources import Problem, text
from metrics.sources.json import BLANK, NotJson, has_more, parse
from metrics.sources.text import FOREIGN, Unreadable

LINE_LIMIT: Final = 4 * 1024 * 1024
#: From this size on, a line's values and names are counted: each takes a hundred bytes of memory, and 3 of the line.
LONG: Final = 1024 * 1024
VALUES_LIMIT: Final = 400_000
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
#: jiter takes what metrics/sources/json.py takes, and three times as fast; what it does not take is read once more.
quick: Final = partial(from_json, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys")


class Line(NamedTuple):
    """A line that is JSON: its number from 1, what it says, and its bytes, in which places can be looked for."""

    number: int
    value: object
    raw: bytes


def read(file: BinaryIO) -> Iterator[Line | Problem]:
    """Each line that is not blank. After a Problem of one line the next are read, unless the whole file is foreign."""
    number = total = 0
    try:
        readline = _open(file).readline
        while raw := readline(LINE_LIMIT + 1):
            number += 1
            total += len(raw)
            if total > text.UNPACKED_LIMIT:
                raise _unreadable(
                    number, _("The file is larger than %(limit)d bytes.") % {"limit": text.UNPACKED_LIMIT}
                )
            try:
                if len(raw) > LONG or number == 1:
                    raw = _bounded(raw, number)
                yield Line(number, quick(raw), raw)
            except ValueError:
                # The careful reader has the last word, and the words.
                if (found := _line(number, raw)) is not None:
                    yield found
            except _TooMuch as error:
                yield Problem(number, 1, "", error.reason)
                while not raw.endswith(b"\n") and total <= text.UNPACKED_LIMIT and (raw := readline(LINE_LIMIT)):
                    total += len(raw)
    except Unreadable as error:
        yield error.problem
    except (EOFError, OSError, zlib.error):
        yield Problem(number + 1, 1, "", _damaged())


class _TooMuch(Exception):
    """Why the line is not read at all."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _bounded(raw: bytes, number: int) -> bytes:
    if number == 1:
        raw = raw.removeprefix(BYTE_ORDER_MARK)
    if len(raw) > LINE_LIMIT:
        reason = _("The line is longer than %(limit)d bytes. Is a line break missing?")
        raise _TooMuch(reason % {"limit": LINE_LIMIT})
    # Commas and brackets stand in texts as well, so that many of them are only the occasion to look.
    if raw.count(b",") + raw.count(b"{") + raw.count(b"[") > VALUES_LIMIT // 2 and has_more(raw, VALUES_LIMIT):
        raise _TooMuch(_("The line has more than %(limit)d names and values.") % {"limit": VALUES_LIMIT})
    return raw


def _line(number: int, raw: bytes) -> Line | Problem | None:
    try:
        written = raw.decode().rstrip(BLANK)
        return Line(number, parse(written), raw) if written else None
    except UnicodeDecodeError as error:
        column = len(raw[: error.start].decode()) + 1
        return Problem(number, column, "", _("Not UTF-8 (byte 0x%(byte)02X).") % {"byte": raw[error.start]})
    except NotJson as error:
        if number == 1 and written == "{":
            raise _unreadable(1, _one_a_line()) from None
        return Problem(number, error.column, error.field, error.reason)


def _open(stored: BinaryIO) -> BinaryIO:
    """The file, unpacked. Raises Unreadable for one that is something else."""
    head, file = stored.read(512), stored
    stored.seek(0)
    if head.startswith(b"\x1f\x8b"):
        file = cast("BinaryIO", gzip.GzipFile(fileobj=stored))
        try:
            head = file.read(512)
            file.seek(0)
        except (EOFError, OSError, zlib.error):
            raise _unreadable(1, _damaged()) from None
    for magic, name in FOREIGN:
        if head.startswith(magic):
            raise _unreadable(1, _("The file is in %(name)s format, not JSON lines in UTF-8.") % {"name": name})
    begin = head.removeprefix(BYTE_ORDER_MARK).lstrip(BLANK.encode())
    if b"\0" in head[:2]:
        raise _unreadable(1, _("The file is in %(name)s format, not JSON lines in UTF-8.") % {"name": "UTF-16"})
    if begin.startswith(b"<"):
        raise _unreadable(1, _("This is a web page or XML file, not JSON. Was the download behind a log-in?"))
    if begin.startswith(b"["):
        raise _unreadable(1, _one_a_line())
    return file


def _unreadable(number: int, reason: str) -> Unreadable:
    return Unreadable(Problem(number, 1, "", reason))


def _damaged() -> str:
    return _("The gzip file is damaged or cut off.")


def _one_a_line() -> str:
    return _("One item a line is wanted, not a list or items over many lines: run Perceval with --json-line.")
