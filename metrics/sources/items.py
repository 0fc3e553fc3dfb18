"""Contributions as programs tell them to the API: a list of JSON items, or JSON lines of one item each.

Which of the two it is, its first character tells. A list is one value: with a fault in its grammar, none of its items
can be read; of lines, each stands for itself. Other fields than these are refused by name, for a misspelt one would
lose what it says:

| field | what |
|---|---|
| `id` | what tells the contribution from every other of its kind in the team; told again, it is the same one |
| `occurred_at` | when: ISO 8601 with an offset from UTC, or a plain day of UTC |
| `name`, `email`, `username` | who: at least one |
| `kind` | what it is; left out, the source's own |
| `realm` | where `username` is known: "github", "gitlab:gitlab.com", "slack:T0123"; left out, in this source only |
"""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import islice
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from metrics.sources import Batch, Options, Problem, Raw, times
from metrics.sources.acts import REALM, host
from metrics.sources.github import realm_of
from metrics.sources.header import kind_key
from metrics.sources.json import BLANK, NotJson, dotted, line_of, parse, places, where
from metrics.sources.jsonlines import BYTE_ORDER_MARK, LINE_LIMIT, Line
from metrics.sources.jsonlines import read as read_lines
from metrics.sources.nodes import ACCOUNT, ADDRESS, NAME, Bad, Node

BATCH: Final = 1_000
ID, KIND = 500, 60
FIELDS: Final = ("id", "occurred_at", "name", "email", "username", "kind", "realm")
#: Products whose accounts are known on their host, as metrics/sources/perceval and metrics/sources/github write them.
REALMS: Final = re.compile(
    r"(github|gitlab|bugzilla|discourse|phabricator|stackexchange):([a-z0-9.-]+(?::[0-9]{1,5})?)"
)
SLACK: Final = re.compile(r"slack:[A-Z0-9]{1,40}")

#: An item's number from 1, and what it tells or why it cannot be taken.
Item = tuple[int, Raw | Problem]


def read(file: BinaryIO, options: Options) -> Iterator[Batch]:
    """The adapter. The line of a row is its item's number; that of a problem is where it stands in the file."""
    found = each(file, options)
    while batch := [told for _number, told in islice(found, BATCH)]:
        rows = [told for told in batch if isinstance(told, Raw)]
        yield Batch(rows, [told for told in batch if isinstance(told, Problem)], file.tell())


class TooMany(Exception):
    """There are more items than are taken at once."""


def each(file: BinaryIO, options: Options, most: int | None = None) -> Iterator[Item]:
    """Every item with its number, in order. Raises TooMany, of a list before anything is looked at."""
    begin = file.read(512).removeprefix(BYTE_ORDER_MARK).lstrip(BLANK.encode())
    file.seek(0)
    if begin.startswith(b"["):
        yield from _list(file.read(LINE_LIMIT + 1), options, most)
    elif begin.split(b"\n")[0].rstrip() == b"{":
        yield 1, Problem(1, 1, "", _("An item stands on many lines: put it on one, or all of them into a list [...]."))
    else:
        for number, line in enumerate(read_lines(file), 1):
            if most is not None and number > most:
                raise TooMany
            yield number, line if isinstance(line, Problem) else _of_line(number, line, options)


def _of_line(number: int, line: Line, options: Options) -> Raw | Problem:
    try:
        return _item(number, line.value, (), options)
    except Bad as bad:
        column = where(line.raw.decode().removeprefix("\ufeff"), bad.path)
        return Problem(line.number, column, dotted(bad.path), bad.reason)


def _list(raw: bytes, options: Options, most: int | None) -> Iterator[Item]:
    if len(raw) > LINE_LIMIT:
        reason = _("A list may take %(limit)d bytes. Put each item on a line of its own, without a list around them.")
        yield 1, Problem(1, 1, "", reason % {"limit": LINE_LIMIT})
        return
    raw = raw.removeprefix(BYTE_ORDER_MARK)
    try:
        text = raw.decode()
        values = parse(text)
    except UnicodeDecodeError as error:
        before, reason = raw[: error.start].decode(), _("Not UTF-8 (byte 0x%(byte)02X).")
        yield 1, Problem(*line_of(before, len(before)), "", reason % {"byte": raw[error.start]})
        return
    except NotJson as error:
        inside = re.match(r"\[([0-9]{1,9})\]", error.field)
        yield int(inside[1]) + 1 if inside else 1, Problem(*line_of(text, error.column - 1), error.field, error.reason)
        return
    told = values if isinstance(values, list) else []
    if most is not None and len(told) > most:
        raise TooMany
    found: list[Raw | Bad] = []
    for index, value in enumerate(told):
        try:
            found.append(_item(index + 1, value, (index,), options))
        except Bad as bad:
            found.append(bad)
    bads = [one for one in found if isinstance(one, Bad)]
    stand = iter(places(text, [bad.path for bad in bads]) if bads else [])
    for number, one in enumerate(found, 1):
        yield number, one if isinstance(one, Raw) else Problem(*next(stand), dotted(one.path), one.reason)


def _item(number: int, value: object, path: tuple[str | int, ...], options: Options) -> Raw:
    """What an item tells. Raises Bad."""
    if not isinstance(value, dict):
        raise Bad(
            path, _("An item is wanted here, an object with the fields %(fields)s.") % {"fields": ", ".join(FIELDS)}
        )
    item = Node(value, path)
    for name in value:
        if name not in FIELDS:
            reason = _("An item has no such field; it has %(fields)s.")
            raise item.bad(name, reason % {"fields": ", ".join(FIELDS)})
    name, email, username = _text(item, "name", NAME), _text(item, "email", ADDRESS), _text(item, "username", ACCOUNT)
    identifier = item.text("id", ID)
    occurred_at = item.moment("occurred_at", lambda said, zone: _moment(said, zone, options), options.zone)
    if not (name or email or username):
        raise Bad(path, _("Nobody is named: one of name, email and username is wanted."))
    return Raw(
        number, identifier, occurred_at, name, email, username, kind_key(_text(item, "kind", KIND)), _realm(item)
    )


def _moment(said: object, zone: tzinfo, options: Options) -> datetime:
    return times.told(said, zone if options.is_zone_told else None)


def _text(item: Node, name: str, limit: int) -> str:
    """A text, or "" where there is none. What is too long is refused: cut, it would be another's."""
    said = item.value.get(name)
    return "" if said is None or said == "" else item.text(name, limit)


def _realm(item: Node) -> str:
    said = _text(item, "realm", REALM)
    if not said:
        return ""
    if not _text(item, "username", ACCOUNT):
        raise item.bad("realm", _("It tells where “username” is known, and there is no username."))
    if said == "github" or SLACK.fullmatch(said):
        return said
    if not (known := REALMS.fullmatch(said.casefold())):
        reason = _("“%(realm)s” is no realm: github, gitlab:HOST, slack:WORKSPACE and their like are.")
        raise item.bad("realm", reason % {"realm": said})
    product, where_known = known[1], host(f"//{known[2]}")
    return realm_of(where_known) if product == "github" else f"{product}:{where_known}"
