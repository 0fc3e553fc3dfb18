"""Git: a commit is its author's, at the author's date, under its hash alone, by which every channel knows it.

The one family that is written for speed: histories have a hundred thousand items.
"""

import re
from collections.abc import Iterable
from datetime import UTC
from typing import Final

from django.utils.translation import gettext as _

from metrics.sources import Raw, times
from metrics.sources.acts import nobody
from metrics.sources.nodes import ADDRESS, NAME, Bad, readable
from metrics.sources.perceval.item import Item, Told
from pathways.identities import BLANKS

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
    return [Raw(item.line, key, at, name, email, "", "commit") if name or email else nobody()]


def person(author: str) -> tuple[str, str]:
    """Name and address of "Name <address>"."""
    if not author.isprintable():
        author = readable(author)
    name, bracket, email = author.rpartition("<")
    if not bracket:
        return author.strip(BLANKS)[:NAME], ""
    email = email.rstrip(BLANKS).removesuffix(">").strip(BLANKS)
    return name.strip(BLANKS)[:NAME], email if len(email) <= ADDRESS else ""
