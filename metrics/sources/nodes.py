"""Objects of a JSON document, asked for what is needed by name; whatever is missing or of another type has its path.

Only what is asked for is checked: a source may write more than we know of, and less. What is not there may be null,
a text that is not there empty as well.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from typing import Any, Final

from django.utils.translation import gettext as _

from pathways.keys import BLANKS

#: Most characters of an id, the name of an account, an address and a name, as the tables hold them.
ID: Final = 300
ACCOUNT: Final = 120
ADDRESS: Final = 254
NAME: Final = 200


class Bad(Exception):
    """What stands at this path cannot be taken."""

    def __init__(self, path: tuple[str | int, ...], reason: str) -> None:
        super().__init__(reason)
        self.path, self.reason = path, reason


def readable(text: str) -> str:
    """The text as PostgreSQL can hold it: NUL and half characters become a sign for that."""
    if text.isprintable():
        return text
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Node:
    """An object, and the path to it."""

    __slots__ = ("path", "value")

    def __init__(self, value: dict[str, Any], path: tuple[str | int, ...] = ()) -> None:
        self.value, self.path = value, path

    def bad(self, name: str, reason: str) -> Bad:
        """What to raise about a member of this object."""
        return Bad((*self.path, name), reason)

    def _wrong(self, name: str, wanted: str) -> Bad:
        if self.value.get(name) is None:
            return self.bad(name, _("It is missing; %(wanted)s is wanted.") % {"wanted": wanted})
        return self.bad(name, _("%(wanted)s is wanted here.") % {"wanted": wanted.capitalize()})

    def text(self, name: str, limit: int = ID) -> str:
        """A text that says something, as it stands but for blanks around it: ids and the like."""
        found = self.value.get(name)
        if not isinstance(found, str) or not (stripped := found.strip(BLANKS)):
            raise self._wrong(name, _("a text"))
        if len(stripped) > limit:
            raise self.bad(name, _("The text is longer than %(limit)d characters.") % {"limit": limit})
        if not stripped.isprintable() and readable(stripped) != stripped:
            raise self.bad(name, _("A NUL or half a character stands in it, which nothing can be called."))
        return stripped

    def maybe_text(self, name: str, limit: int = NAME) -> str:
        """A text, or "": a name, cut to what fits."""
        found = self.value.get(name)
        if found is None:
            return ""
        if not isinstance(found, str):
            raise self._wrong(name, _("a text"))
        return readable(found.strip(BLANKS))[:limit].rstrip(BLANKS)

    def address(self, name: str) -> str:
        """An e-mail address, or "". Cut, it would be another's: what is longer than any address is none."""
        found = self.maybe_text(name, ADDRESS + 1)
        return found if len(found) <= ADDRESS else ""

    def identifier(self, name: str) -> str:
        """What tells one thing from another: a whole number, or a text."""
        found = self.value.get(name)
        if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 10**40:
            return str(found)
        if not isinstance(found, str):
            raise self._wrong(name, _("an id, a number or a text,"))
        return self.text(name)

    def moment(self, name: str, read: Callable[[object, tzinfo], datetime], zone: tzinfo) -> datetime:
        """A time, in one of the ways of metrics/sources/times.py."""
        found = self.value.get(name)
        if found is None:
            raise self._wrong(name, _("a time"))
        try:
            return read(found, zone)
        except ValueError as error:
            raise self.bad(name, str(error)) from None

    def has(self, name: str) -> bool:
        """Whether there is a member that says something: not null, no empty text, not false or 0."""
        return self.value.get(name) not in (None, "", False)

    def node(self, name: str) -> "Node":
        """An object that must be there."""
        found = self.value.get(name)
        if not isinstance(found, dict):
            raise self._wrong(name, _("an object"))
        return Node(found, (*self.path, name))

    def maybe_node(self, name: str) -> "Node | None":
        """An object, if there is one."""
        return None if self.value.get(name) in (None, {}) else self.node(name)

    def nodes(self, name: str) -> Iterator["Node"]:
        """The objects of a list; none, if there is no list."""
        found = self.value.get(name)
        if found is None:
            return
        if not isinstance(found, list):
            raise self._wrong(name, _("a list"))
        for number, one in enumerate(found):
            path = (*self.path, name, number)
            if not isinstance(one, dict):
                raise Bad(path, _("An object is wanted here."))
            yield Node(one, path)
