"""Where webhooks deliver. Nobody is logged in here: the signature says who it is."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from metrics import deliveries, hooks
from metrics.views.bodies import Unfit, body_of

#: GitHub sends no payload that is larger ("Webhook events and payloads").
LARGEST = 25 * 1024 * 1024
LONGEST_ID = 64
LONGEST_EVENT = 60


def _refuse(status: int, reason: str) -> JsonResponse:
    return JsonResponse({"refused": reason}, status=status)


@csrf_exempt
@login_not_required
@require_POST
def github(request: HttpRequest, address: uuid.UUID) -> JsonResponse:
    """A delivery of GitHub's. 202 when it is kept, 200 when it is there already; 401, and no row, when unsigned."""
    found = hooks.found_at(address)
    if found is None:
        return _refuse(404, _("No source has this address."))
    source_id, secrets = found
    try:
        body = body_of(request, types=["application/json"], largest=LARGEST)
    except Unfit as unfit:
        return _refuse(unfit.status, unfit.reason)
    if not hooks.is_signed(secrets, request.headers.get("X-Hub-Signature-256", ""), body):
        return _refuse(401, _("The signature is missing, or not that of one of this source's secrets."))
    guid, event = request.headers.get("X-GitHub-Delivery", ""), request.headers.get("X-GitHub-Event", "")
    if not _is_word(guid, LONGEST_ID) or not _is_word(event, LONGEST_EVENT):
        return _refuse(400, _("X-GitHub-Delivery and X-GitHub-Event are not what GitHub sends."))
    try:
        is_new = deliveries.receive(source_id, guid=guid, event=event, body=body)
    except DatabaseError:
        return _refuse(503, _("The delivery could not be kept. Redeliver it later."))
    return JsonResponse({"kept": guid, "known": not is_new}, status=202 if is_new else 200)


def _is_word(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text.isascii() and text.isprintable() and " " not in text
