"""What can be told: contributions, each once, with what became of each in the answer."""

import hashlib
import io
from collections import Counter
from datetime import date
from typing import Annotated, Any, Final

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from metrics import deliveries, sourcing
from metrics.api import shapes
from metrics.api.bearer import writable
from metrics.api.problems import Problem, Unreadable, where
from metrics.arrivals import Outcome
from metrics.delivered import ITEMS, rejected
from metrics.deliveries import Given
from metrics.models import Source
from metrics.sources import Problem as Fault
from metrics.sources import Raw, Told, items
from metrics.sources.items import Item
from metrics.views.bodies import Unfit, body_of
from teams.models import Team
from teams.refusals import Refused

router = Router(tags=["write"])
#: Bytes of a body, and items in it: more goes into several bodies, or a file.
LARGEST: Final = 1_000_000
MOST: Final = 1_000
TYPES: Final = ("application/json", "application/x-ndjson")
REFUSALS: Final = dict.fromkeys([401, 403, 404, 411, 413, 415, 422, 503], Problem)
NO_NUL: Final = r"^[^\x00]*$"

#: How an item is described; metrics/sources/items.py is what reads it.
ITEM: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "occurred_at"],
    "anyOf": [{"required": [name]} for name in ("name", "email", "username")],
    "properties": {
        "id": {
            "type": "string",
            "minLength": 1,
            "maxLength": items.ID,
            "description": "Tells it from every other contribution of its kind in the team; told again, it is known.",
        },
        "occurred_at": {
            "type": "string",
            "description": "ISO 8601 with an offset from UTC, or a plain day of UTC. Without an offset only where the "
            "source names a time zone.",
            "examples": ["2026-02-28T12:00:00+01:00", "2026-02-28"],
        },
        "name": {"type": ["string", "null"], "maxLength": 200},
        "email": {"type": ["string", "null"], "maxLength": 254},
        "username": {"type": ["string", "null"], "maxLength": 120},
        "kind": {"type": ["string", "null"], "maxLength": items.KIND, "description": "Left out: the source's own."},
        "realm": {
            "type": ["string", "null"],
            "description": "Where `username` is known; left out, in this source only.",
            "examples": ["github", "gitlab:gitlab.com", "slack:T0123"],
        },
    },
}
BODY: Final = {
    "requestBody": {
        "required": True,
        "description": f"At most {LARGEST:,} bytes and {MOST:,} items.",
        "content": {
            TYPES[0]: {"schema": {"type": "array", "maxItems": MOST, "items": ITEM}},
            TYPES[1]: {"schema": {"type": "string", "description": "One item a line, each an object as in the list."}},
        },
    }
}


@router.post(
    "/teams/{slug:slug}/contributions",
    url_name="contributions",
    operation_id="tell_contributions",
    response={200: shapes.Receipt, 207: shapes.Receipt, **REFUSALS},
    exclude_none=True,
    openapi_extra=BODY,
    summary="Tell contributions",
)
def contributions(
    request: HttpRequest,
    slug: str,
    source: Annotated[str | None, Query(max_length=80, pattern=NO_NUL, description="Its name.")] = None,
    pathway: Annotated[str | None, Query(max_length=50, pattern=NO_NUL, description="Its slug.")] = None,
    complete_to: Annotated[date | None, Query(description="Nothing is missing up to this day.")] = None,
) -> Any:
    """Each contribution counts once, however often and by whatever channel it is told: sending again is safe.

    The source may be left out where the team has one for the API; the pathway tells two of one name apart. 200: every
    item was sound. 207: some were rejected, and the others are taken in. 422: nothing was taken in.
    """
    team = writable(request, slug)
    body = body_of(request, types=TYPES, largest=LARGEST)
    chosen = _source(team, source, pathway)
    if complete_to is not None:
        sourcing.declared(complete_to)
    found = _items(body, chosen)
    faults = [(number, told) for number, told in found if isinstance(told, Fault)]
    if len(faults) == len(found) and (faults or complete_to is None):
        raise Unreadable(faults or [(1, Fault(1, 1, "", _("There is no item in the body.")))])
    rows = [told for _number, told in found if isinstance(told, Raw)]
    report = deliveries.take_now(
        chosen,
        Given(ITEMS, hashlib.sha256(body).hexdigest(), body),
        Told(rows, rejected(len(faults))),
        problems=[fault for _number, fault in faults],
        complete_to=complete_to,
    )
    return Status(207 if faults else 200, _receipt(chosen, report.outcomes, faults))


def _source(team: Team, name: str | None, pathway: str | None) -> Source:
    """The one that is meant. Raises Http404 where there is none, Refused where there are several."""
    known = team.sources.filter(type=Source.Type.API).select_related("team", "default_kind", "pathway")
    if name is not None:
        known = known.filter(name=name)
    if pathway is not None:
        known = known.filter(pathway__slug=pathway)
    match list(known[:2]):
        case [one]:
            return one
        case []:
            raise Http404(_("The team has no such source for the API. One is added on its data page."))
    raise Refused(_("The team has several such sources. Name the one that is meant, with source= and pathway=."))


def _items(body: bytes, source: Source) -> list[Item]:
    try:
        return list(items.each(io.BytesIO(body), source.options, MOST))
    except items.TooMany:
        reason = _("The body has more than %(limit)d items. Send several bodies, or upload a file.")
        raise Unfit(413, reason % {"limit": MOST}) from None


def _receipt(source: Source, outcomes: list[Outcome], faults: list[tuple[int, Fault]]) -> dict[str, object]:
    source.refresh_from_db(fields=["complete_to"])
    told: list[dict[str, object]] = [{"status": "rejected", **where(*each)} for each in faults]
    for line, became, differs in outcomes:
        reason = _("Came before with another time; the first one stands.") if differs else None
        told.append({"item": line, "status": became.value, "reason": reason})
    return {
        "source": source.name,
        "complete_to": source.complete_to,
        "counts": Counter(str(each["status"]) for each in told),
        "items": sorted(told, key=lambda each: each["item"]),  # type: ignore[arg-type, return-value]
    }
