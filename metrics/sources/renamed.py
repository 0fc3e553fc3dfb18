"""Whose a co-author's address is now: learned from the authors of the same git log.

git follows .mailmap for authors, and tells trailers as they stand. But a log tells of each author the address before
.mailmap and after; so an address that always led to one person leads there in a trailer too. One that led to several
(.mailmap can go by the name as well) is left as it stands.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from metrics.sources.blocks import Blocks, Broken
from pathways.keys import BLANKS, EMAIL, NAME, fold

#: Where the fields stand that are looked at here: hash and parents come before them.
NAMED, ADDRESS, WRITTEN, FIELDS = 2, 3, 4, 5


class Person(NamedTuple):
    """Name and address after .mailmap."""

    name: str
    email: str


def renamed(file: BinaryIO) -> Mapping[str, Person]:
    """The folded address before .mailmap: who it is after it. Only where that is another, and one alone.

    Reads a whole log, and leaves it at its beginning. What cannot be read is passed over here: whoever reads the lines
    for what they tell says what is wrong with them.
    """
    leads: dict[bytes, bytes | None] = {}  # to nobody, where it has led to several
    names: dict[bytes, bytes] = {}
    for line in _lines(file):
        fields = line.split(b"\0", FIELDS)
        if len(fields) > FIELDS:
            written, email = fields[WRITTEN].lower(), fields[ADDRESS].lower()
            if leads.setdefault(written, email) != email:
                leads[written] = None
            if email != written:
                names[written] = b"\0".join(fields[NAMED:WRITTEN])
    file.seek(0)
    told = (_told(written, names[written]) for written, email in leads.items() if email and email != written)
    return dict(each for each in told if each)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    with suppress(Broken):
        for block in Blocks(file):
            yield from block.split(b"\n")


def _told(written: bytes, person: bytes) -> tuple[str, Person] | None:
    try:
        name, email = (part.strip(BLANKS) for part in person.decode().split("\0"))
        address = fold(written.decode())
    except UnicodeDecodeError:
        return None
    is_one = email and len(name) <= NAME and len(email) <= EMAIL
    return (address, Person(name, email)) if is_one else None
