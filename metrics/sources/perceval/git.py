"""Git: a commit is its author's, at the author's date, under its hash alone, by which every channel knows it.

The one family that is written for speed: histories have a hundred thousand items.
"""

import re
from collections.abc import Iterable
from datetime import UTC
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from metrics.sources import Raw, times
from metrics.sources.acts import co_authored, nobody
from metrics.sources.nodes import ADDRESS, NAME, Bad, readable
from metrics.sources.perceval.item import Item, Told
from metrics.sources.trailers import KEY, values_in
from pathways.keys import BLANKS

HASH: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def commit(item: Item) -> Iterable[Told]:
    """The commit, unless it is a merge. Co-authors of its trailers have their part in it."""
    data = item.value["data"]
    author, written, parents = data.get("Author"), data.get("AuthorDate"), data.get("parents")
    key = data.get("commit")
    if not isinstance(key, str) or not HASH.fullmatch(key):
        raise Bad(("data", "commit"), _("The hash of a commit is wanted, 40 or 64 hexadecimal digits."))
    if "Merge" in data or (isinstance(parents, list) and len(parents) > 1):
        return [_("merges")]
    if not isinstance(author, str):
        raise Bad(("data", "Author"), _("The author is wanted, as “Name <address>”."))
    try:
        at = times.git(written, UTC)
    except ValueError as error:
        raise Bad(("data", "AuthorDate"), str(error)) from None
    name, email = person(author)
    act = Raw(item.line, key, at, name, email, "", "commit")
    told: list[Told] = [act if name or email else nobody()]
    if item.options.co_authors and (values := _trailers(data)):
        told += co_authored(act, values)
    return told


def _trailers(data: dict[str, Any]) -> list[str]:
    """The co-authors' trailers as git finds them in the message; where that was left away, as Perceval found them."""
    message = data.get("message")
    if message and isinstance(message, str):
        return values_in(message) if KEY in message.casefold() else []
    found = (values for name, values in data.items() if name.casefold() == KEY and isinstance(values, list))
    return [str(value) for values in found for value in values]


@lru_cache(maxsize=10_000)
def person(author: str) -> tuple[str, str]:
    """Name and address of "Name <address>"."""
    if not author.isprintable():
        author = readable(author)
    name, bracket, email = author.rpartition("<")
    if not bracket:
        return author.strip(BLANKS)[:NAME], ""
    email = email.rstrip(BLANKS).removesuffix(">").strip(BLANKS)
    return name.strip(BLANKS)[:NAME], email if len(email) <= ADDRESS else ""
