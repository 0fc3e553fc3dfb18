"""Co-authors of a commit: the people of its "Co-authored-by" trailers.

`git log` finds the trailers itself. Where only the whole message is at hand, `values_in` finds the same ones by the
same rule, so that a commit names the same people through whichever channel it comes.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from metrics.sources.renamed import Person
from pathways.keys import BLANKS, EMAIL, NAME, fold

KEY: Final = "co-authored-by"
PERSON: Final = re.compile(r"([^<>]*)<([^<>]+)>")
#: What git takes for a trailer: its key, then a colon.
TRAILER: Final = re.compile(r"([A-Za-z0-9-]+)[ \t]*:")
#: What git writes itself: a paragraph that has such a line may have others beside its trailers.
WRITTEN_BY_GIT: Final = ("Signed-off-by: ", "(cherry picked from commit ")
SPACES: Final = " \t\r\n"
FOLD: Final = re.compile(r"\n[ \t\r\n]*")


class CoAuthor(NamedTuple):
    """Somebody who has written a commit with its author; `address` is the e-mail without difference of case."""

    name: str
    email: str
    address: str


def co_authors(
    values: Iterable[str], *, authors: Collection[str], renamed: Mapping[str, Person] | None = None
) -> tuple[list[CoAuthor], int]:
    """The people whom the trailers' values name, each address once, and how many values name nobody.

    `authors` are the addresses of the commit's author, before and after .mailmap: who writes with themselves is one.
    `renamed` tells who an address belongs to now; the contribution stays known by the address in the trailer.
    People write anything into trailers, so that what is no "Name <address>" is counted and never an error.
    """
    seen = {fold(address) for address in authors}
    found, malformed = [], 0
    for value in values:
        person = _person(value)
        if person is None:
            malformed += 1
        else:
            now = renamed.get(person.address) if renamed else None
            addresses = {person.address, fold(now.email)} if now else {person.address}
            if seen.isdisjoint(addresses):
                found.append(CoAuthor(*now, person.address) if now else person)
            seen |= addresses
    return found, malformed


def _person(value: str) -> CoAuthor | None:
    told = PERSON.fullmatch(value.strip(BLANKS))
    if told is None:
        return None
    name, email = (part.strip(BLANKS) for part in told.groups())
    if not email or len(name) > NAME or len(email) > EMAIL or "\0" in value or not _is_text(value):
        return None
    return CoAuthor(name, email, fold(email))


def _is_text(value: str) -> bool:
    """Lone surrogates stand for bytes that are not UTF-8."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def values_in(message: str) -> list[str]:
    """The values of the co-author trailers in a whole commit message."""
    found: list[tuple[str, list[str]]] = []
    is_open = False
    for line in _trailers(message.split("\n")):
        if is_open and line[:1] in SPACES:  # a folded line goes on; so does an empty one, without effect
            found[-1][1].append(line)
        elif match := TRAILER.match(line):
            is_open = True
            found.append((match[1], [line[match.end() :]]))
        else:
            is_open = False
    return [FOLD.sub(" ", "\n".join(value).strip(SPACES)) for key, value in found if key.casefold() == KEY]


def _trailers(lines: Sequence[str]) -> Sequence[str]:
    """The last paragraph, if it is one of trailers as git sees it, and not the title."""
    begin = next((number for number, line in enumerate(lines) if line.strip(SPACES)), len(lines))
    title = next((n for n in range(begin, len(lines)) if not lines[n].strip(SPACES)), len(lines))
    trailers = others = folded = 0
    has_sign = False
    for number in range(len(lines) - 1, title - 1, -1):
        line = lines[number]
        if line.startswith("#"):
            others, folded = others + folded, 0
        elif not line.strip(SPACES):
            if not (trailers or others or folded):
                continue  # below the last paragraph
            others += folded
            is_block = trailers and (not others or (has_sign and trailers * 3 >= others))
            return lines[number + 1 :] if is_block else ()
        elif line.startswith(WRITTEN_BY_GIT):
            trailers, folded, has_sign = trailers + 1, 0, True
        elif TRAILER.match(line):
            trailers, folded = trailers + 1, 0
        elif line[0] in SPACES:
            folded += 1
        else:
            others, folded = others + folded + 1, 0
    return ()
