"""What a delivery tells, by the type of its source: read when it has come, or again after an import was undone."""

import io
from typing import Final, cast

from django.utils.translation import gettext as _

from metrics import entries
from metrics.entries import HAND
from metrics.models import Delivery, Source
from metrics.sources import Problem, Raw, Told, github, items
from metrics.sources.json import NotJson, parse

#: The event of a body that came by the API.
ITEMS: Final = "items"


def told_by(delivery: Delivery, source: Source) -> Told:
    """What a delivery of the source tells; of one that cannot be read, why."""
    body = bytes(cast("bytes", delivery.body))
    if source.type == Source.Type.GITHUB:
        return _event(delivery, body, source)
    return entries.told_by(body) if delivery.event == HAND else _items(body, source)


def _event(delivery: Delivery, body: bytes, source: Source) -> Told:
    """GitHub's; where a push begins and ends is noted on the delivery."""
    try:
        payload = parse(body.decode())
    except NotJson as error:
        return Told([], {}, Problem(1, error.column, error.field, error.reason))
    except UnicodeDecodeError:
        return Told([], {}, Problem(1, 1, "", _("Not UTF-8.")))
    if chain := github.push_chain(payload):
        delivery.ref, delivery.before, delivery.after = chain
    return github.events(delivery.event, payload, delivery.received_at, source.options)


def _items(body: bytes, source: Source) -> Told:
    found = [told for _number, told in items.each(io.BytesIO(body), source.options)]
    rows = [told for told in found if isinstance(told, Raw)]
    return Told(rows, rejected(len(found) - len(rows)))


def rejected(number: int) -> dict[str, int]:
    """What is said of a delivery some of whose items were rejected; why, its sender was told in the answer."""
    return {_("items that could not be read, as their sender was told"): number} if number else {}
