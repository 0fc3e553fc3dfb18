"""JSON, strictly, with the place of whatever is wrong with it: used for files of lines, requests and webhooks alike.

What the standard library takes and the format does not is refused: a name that stands twice in one object, NaN and
Infinity. Reading is quick; places are looked for in a second pass, only when there is something to say.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext as _

#: From the outside in: names of an object's members, numbers of a list's elements.
Path = Sequence[str | int]

BLANK: Final = " \t\r\n"
#: How deep values may lie in each other, at most; Python's own limit may come first.
DEPTH_LIMIT: Final = 500
#: One token, after blanks. What is no token ends the pass; only text with a fault has that.
TOKEN: Final = re.compile(
    r'[ \t\r\n]*+(?:([\[{])|([\]}])|([,:])|("[^"\\]*+(?:\\.[^"\\]*+)*+")|([^\s\[\]{},:"]++))', re.DOTALL
)
#: What may be left of a value or an escape where a text was cut off, with blanks behind it.
UNFINISHED: Final = re.compile(r"(?:t|tr|tru|f|fa|fal|fals|n|nu|nul|-|\.|[eE][+-]?|\\?u[0-9A-Fa-f]{0,4}|\\)?[ \t\r\n]*")


class NotJson(ValueError):
    """Why the text is no JSON, and where: the character, counted from 1, and the path to it."""

    def __init__(self, column: int, field: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.field, self.reason = column, field, reason


class _Twice(ValueError):
    """A name stands twice in one object."""


class _Constant(ValueError):
    """NaN, Infinity or -Infinity."""


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise _Twice
    return found


def _constant(name: str) -> object:
    raise _Constant(name)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def parse(text: str) -> object:
    """The value that the text is. Raises NotJson, whatever the text."""
    start = 0 if text[:1] == "{" else len(text) - len(text.lstrip(BLANK))
    try:
        value: object
        value, end = _DECODER.raw_decode(text, start)
        if end == len(text) or not (rest := text[end:].lstrip(BLANK)):
            return value
        column = len(text) - len(rest) + 1
        raise NotJson(column, "", _("Something follows the end of the value. Is a line break missing?"))
    except json.JSONDecodeError as error:
        raise _broken(text, error.pos, error.msg) from None
    except (_Twice, _Constant, RecursionError):
        raise _refused(text) from None
    except NotJson:
        raise
    except ValueError:
        # Python makes no number of more than 4,300 digits.
        raise _refused(text) from None


def _broken(text: str, position: int, message: str) -> NotJson:
    field = dotted(_Walk(text).path_at(position))
    position = min(position, len(text))
    if message.startswith("Unterminated string") or UNFINISHED.fullmatch(text, position):
        position = len(text.rstrip(BLANK))
        return NotJson(position + 1, field, _("It ends too early: the text was cut off, or a line break is in it."))
    seen = text[position : position + 20]
    if "control character" in message:
        reason = _("A control character stands in a text; JSON has it written as an escape.")
    elif "escape" in message.lower():
        reason = _("“%(seen)s” is no escape that JSON knows.") % {"seen": seen}
    elif "delimiter" in message:
        reason = _("A comma or colon is wanted, “%(seen)s” stands there.") % {"seen": seen}
    elif "property name" in message:
        reason = _("A name in double quotes is wanted, “%(seen)s” stands there.") % {"seen": seen}
    else:
        reason = _("A value is wanted, “%(seen)s” stands there.") % {"seen": seen}
    return NotJson(position + 1, field, reason)


def _refused(text: str) -> NotJson:
    """What is grammatical as far as it goes, and yet not taken."""
    walk = _Walk(text)
    for path, position, token in walk.values():
        if walk.twice:
            reason = _("“%(name)s” stands twice in this object.") % {"name": str(path[-1])[:60]}
        elif token in {"NaN", "Infinity", "-Infinity"}:
            reason = _("“%(token)s” is no number in JSON.") % {"token": token}
        elif len(token) > 4_000 and token[0] in "-0123456789":
            reason = _("A number of %(count)d characters is none that anything could be.") % {"count": len(token)}
        elif len(path) > DEPTH_LIMIT:
            return NotJson(position + 1, dotted(path[:5]) + "…", _("Values lie too deep in each other."))
        else:
            continue
        return NotJson(position + 1, dotted(path), reason)
    return NotJson(1, "", _("Values lie too deep in each other."))


def where(text: str, path: Path) -> int:
    """The column (from 1) of the value at that path of sound JSON, or of what should hold it, where it is missing."""
    wanted = list(path)
    best, found = -1, 0
    for here, position, _token in _Walk(text).values():
        if best < len(here) <= len(wanted) and list(here) == wanted[: len(here)]:
            best, found = len(here), position
            if best == len(wanted):
                break
    return found + 1


def places(text: str, paths: Collection[Path]) -> list[tuple[int, int]]:
    """Line and column (from 1) of what `where` finds, for many paths of a text of several lines, in one walk."""
    wanted = {tuple(path[:length]) for path in paths for length in range(len(path) + 1)}
    found: dict[Path, int] = {}
    for here, position, _token in _Walk(text).values():
        if (path := tuple(here)) in wanted:
            found.setdefault(path, position)
    begins = _lines(text)
    nearest = (next((found[held] for held in _from_within(path) if held in found), 0) for path in paths)
    return [_in_line(begins, position) for position in nearest]


def _from_within(path: Path) -> Iterator[Path]:
    return (tuple(path[:length]) for length in range(len(path), -1, -1))


def line_of(text: str, position: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character, counted from 0."""
    return _in_line(_lines(text[:position]), position)


def _lines(text: str) -> list[int]:
    """Where each line begins."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


def _in_line(begins: Sequence[int], position: int) -> tuple[int, int]:
    line = bisect_right(begins, position)
    return line, position - begins[line - 1] + 1


def has_more(raw: bytes, limit: int) -> bool:
    """Whether the text has more names and values than that; nothing is made of them."""
    tokens = (token for token in TOKEN.finditer(raw.decode(errors="replace")) if token.lastindex in {1, 4, 5})
    return next(islice(tokens, limit, None), None) is not None


def dotted(path: Path) -> str:
    """The path as people write it: "data.comments_data[2].created_at"."""
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step[:60]}" for step in path)
    return written.removeprefix(".")


class _Walk:
    """All values of a text in their order, without recursion, as far as it is grammatical."""

    def __init__(self, text: str) -> None:
        self._text, self._end = text, len(text)
        #: Whether the value at hand has a name that stood in its object before.
        self.twice = False
        self._path: list[str | int] = []
        self._names: list[set[str] | None] = []  # of each open object; None for a list
        self._awaits_name = False

    def path_at(self, position: int) -> Path:
        """Of the value that a fault at that position keeps from being read: begun, or about to."""
        self._end = position
        for _value in self.values():
            pass
        return self._path[:-1] if self._awaits_name else self._path

    def values(self) -> Iterator[tuple[list[str | int], int, str]]:
        """Path (the same list each time, changed), position of the first character, and the token there."""
        at = 0
        while (token := TOKEN.match(self._text, at)) and (start := token.start(token.lastindex or 0)) < self._end:
            at = token.end()
            written = token[token.lastindex or 0]
            match token.lastindex:
                case 1:
                    yield self._path, start, written
                    self._open(written)
                case 2:
                    self._close()
                case 3:
                    self._separate(written)
                case 4 if self._awaits_name:
                    self._name(written)
                case _:
                    yield self._path, start, written

    def _open(self, bracket: str) -> None:
        is_object = bracket == "{"
        self._names.append(set() if is_object else None)
        self._path.append("" if is_object else 0)
        self._awaits_name = is_object

    def _close(self) -> None:
        if self._names:
            self._names.pop()
            self._path.pop()
        self._awaits_name = False
        self.twice = False

    def _separate(self, mark: str) -> None:
        if mark == "," and self._names:
            self.twice = False
            last = self._path[-1]
            if isinstance(last, int):
                self._path[-1] = last + 1
            else:
                self._awaits_name = True

    def _name(self, written: str) -> None:
        names = self._names[-1]
        self._awaits_name = False
        try:
            name = str(json.loads(written))
        except ValueError:
            name = written
        self._path[-1] = name
        self.twice = names is not None and name in names
        if names is not None:
            names.add(name)
