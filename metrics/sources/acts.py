"""From what a document tells to a contribution: who, in which realm, under an id that is the same by every channel."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from metrics.sources import Raw
from metrics.sources.trailers import co_authors

#: Longest realm, as an identity keeps it.
REALM: Final = 60


class Who(NamedTuple):
    """Somebody as a source names them. `is_bot` only where a field of the source says so."""

    name: str = ""
    email: str = ""
    username: str = ""
    is_bot: bool = False


class Place(NamedTuple):
    """Where the acts at hand are told: the line, and the realm of accounts and ids ("gitlab:code.example")."""

    line: int
    realm: str

    def act(self, kind: str, thing: str, at: datetime, who: Who | None) -> Raw | str:
        """The contribution, or why there is none. `thing` is the realm's type and number, as "issue:5"."""
        return told(Raw(self.line, f"{self.realm}:{thing}", at, *(who or Who())[:3], kind, self.realm), who)


def told(raw: Raw, who: Who | None) -> Raw | str:
    """The same for an id that needs no realm. A name without an account stays within its own stream."""
    if not (raw.name or raw.email or raw.username):
        return nobody()
    return raw._replace(realm=raw.realm if raw.username else "", is_bot=bool(who and who.is_bot))


def co_authored(commit: Raw, values: Iterable[str]) -> list[Raw | str]:
    """The parts that co-authors have in a commit, each under its hash and their address; and what names nobody."""
    people, malformed = co_authors(values, authors=[commit.email])
    line, key, at = commit.line, commit.external_id, commit.occurred_at
    parts = [Raw(line, f"{key} {one.address}", at, one.name, one.email, "", commit.kind) for one in people]
    return [*parts, *[_("co-authors who are not told as “Name <address>”")] * malformed]


def nobody() -> str:
    """Why an act of a deleted account is left out."""
    return _("nobody is named, as where an account was deleted")


def host(origin: str) -> str:
    """The host (and port) of an address, in one spelling; what is no address stands for itself."""
    try:
        found = urlsplit(origin).netloc.rpartition("@")[2]
    except ValueError:
        found = ""
    return (found or origin.strip("/")).lower().removeprefix("www.")


def realm(product: str, where: str) -> str:
    """The realm as it is written. Of one that is longer than can be kept, the end becomes a digest."""
    written = f"{product}:{where}"
    if len(written) <= REALM:
        return written
    return f"{written[: REALM - 13]}~{hashlib.sha256(written.encode()).hexdigest()[:12]}"
