"""Mail archives: a message is its sender's, under its Message-ID, which is the same in every archive it lies in."""

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final

from django.utils.translation import gettext as _

from metrics.sources import Raw, times
from metrics.sources.acts import Who, told
from metrics.sources.nodes import ADDRESS, NAME, readable
from metrics.sources.perceval.item import Item, Told
from pathways.keys import BLANKS

#: "Name <a@b>", and "a@b (Name)" or "a at b (Name)", which archives write against collectors of addresses.
BEFORE: Final = re.compile(r"([^<]*)<([^<>]*)>")
BEHIND: Final = re.compile(r"(\S+) at (\S+) *(?:\(([^()]*)\))?|(\S+@\S+) *(?:\(([^()]*)\))?")
#: How much of a header is looked at.
HEADER: Final = 2_000


def message(item: Item) -> Iterator[Told]:
    """The message. Mail programs do not agree on the case of a header's name."""
    data = item.data
    spelled = {name.casefold(): name for name in data.value}
    key = data.text(spelled.get("message-id", "Message-ID"))
    field = spelled.get("from", "From")
    if field not in data.value:
        raise data.bad(field, _("It is missing; who wrote the message is wanted."))
    who = sender(data.maybe_text(field, HEADER))
    at = data.moment(spelled.get("date", "Date"), times.mail, item.options.zone)
    yield told(Raw(item.line, f"mail:{key}", at, who.name, who.email, "", "comment"), who)


def sender(header: str) -> Who:
    """Who a From header names: the first, if there are several."""
    header = " ".join(header.split())
    if "@" not in header and " at " not in header:
        header = decoded(header)  # some programs encode name and address in one
    if found := BEFORE.search(header):
        name, email = found[1], found[2]
    elif found := BEHIND.match(header):
        email = f"{found[1]}@{found[2]}" if found[1] else found[4]
        name = found[3] or found[5] or ""
    else:
        name, email = header, ""
    if "@" not in email:
        email = re.sub(r"^(\S+) at (\S+)$", r"\1@\2", email.strip())
    name, email = decoded(_unquoted(name)).strip(BLANKS), email.strip(BLANKS)
    return Who(name[:NAME].rstrip(BLANKS), email if len(email) <= ADDRESS else "")


def _unquoted(name: str) -> str:
    name = name.strip(BLANKS + ",")
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name


def decoded(text: str) -> str:
    """The text with its encoded words (RFC 2047) read; what cannot be read stays as it is."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
        return readable("".join(part if isinstance(part, str) else _characters(part, name) for part, name in parts))
    except (HeaderParseError, ValueError):
        return text


def _characters(part: bytes, charset: str | None) -> str:
    try:
        return part.decode(charset or "ascii", "replace")
    except (LookupError, UnicodeError):
        return part.decode("latin-1")
