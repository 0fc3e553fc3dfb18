"""What somebody has entered by hand, as its delivery keeps it: one contribution, and who vouches for it.

The person stands in it by the number of an identity, and by no name. What somebody typed of the act, the link and the
witness may name people; it goes with whoever is erased (metrics/erasure.py).
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Final, cast

from django.utils.translation import gettext as _

from metrics.models import Delivery, Source
from metrics.sources import Raw, Told
from pathways.models import Contributor, Identity
from teams.models import User

#: The event of such a delivery.
HAND: Final = "hand"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One contribution by hand. `identity` and `by` are the numbers of an identity and of an account."""

    key: str
    identity: int
    by: int
    kind: str
    day: date
    what: str
    link: str = ""
    witness: str = ""

    def body(self) -> bytes:
        """As a delivery keeps it."""
        return json.dumps(asdict(self) | {"day": self.day.isoformat()}).encode()

    def row(self, name: str, email: str, username: str) -> Raw:
        """The contribution, of the person whom the source knows so. A day is one of UTC, here as everywhere."""
        moment = datetime.combine(self.day, time(), UTC)
        return Raw(1, f"hand:{self.key}", moment, name, email, username, self.kind)


@dataclass(frozen=True)
class Arrival:
    """A delivery of the API or by hand, as a page shows it; an entry whose body is gone has none."""

    delivery: Delivery
    entry: Entry | None = None
    who: Contributor | None = None
    by: User | None = None


def arrivals_of(source: Source, limit: int) -> list[Arrival]:
    """The latest of a source. Bodies of entries alone are read: four queries."""
    latest = list(source.deliveries.defer("body")[:limit])
    by_hand = source.deliveries.filter(pk__in=[each.pk for each in latest], event=HAND, body__isnull=False)
    found = {pk: entry_of(bytes(cast("bytes", body))) for pk, body in by_hand.values_list("pk", "body")}
    accounts = User.objects.in_bulk({entry.by for entry in found.values()})
    known = Identity.objects.select_related("contributor").in_bulk({entry.identity for entry in found.values()})
    return [
        Arrival(each, entry, known[entry.identity].contributor, accounts.get(entry.by)) if entry else Arrival(each)
        for each, entry in ((each, found.get(each.pk)) for each in latest)
    ]


def told_by(body: bytes) -> Told:
    """The contribution in a body; of somebody who was erased since, nothing, for nobody is named any more."""
    entry = entry_of(body)
    identity = Identity.objects.get(pk=entry.identity)
    if identity.erased_at:
        return Told([], {_("entries of somebody who has been erased"): 1})
    return Told([entry.row(identity.name, identity.email, identity.username)])


def entry_of(body: bytes) -> Entry:
    """What a body says."""
    kept = json.loads(body)
    return Entry(**kept | {"day": date.fromisoformat(kept["day"])})
