"""The body of a request that a program sends: bounded, and refused before it is read where it is not what is wanted."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _

#: How gzip begins, whatever a header says of it.
PACKED = b"\x1f\x8b"
#: What is too large is heard out up to so many bytes: whoever sends all before they listen would hear nothing of why.
HEARD_OUT = 32 * 1024 * 1024
PIECE = 64 * 1024


class Unfit(Exception):
    """Why the body is not taken, and the status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def body_of(request: HttpRequest, *, types: Sequence[str], largest: int) -> bytes:
    """The bytes that were sent. Raises Unfit: of another type, packed, larger, or of no told length."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Unfit(415, _("The body is packed. Send it as it is."))
    if request.content_type not in types:
        raise Unfit(415, _("The content type is to be %(types)s.") % {"types": _(" or ").join(types)})
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        raise Unfit(411, _("The length of the body is not told."))
    if int(length[:20]) > largest:
        _hear_out(request, int(length[:20]))
        raise Unfit(413, _("The body is larger than %(limit)d bytes.") % {"limit": largest})
    body = request.read(largest + 1)
    if body.startswith(PACKED):
        raise Unfit(415, _("The body is packed. Send it as it is."))
    return body


def _hear_out(request: HttpRequest, length: int) -> None:
    """Let what is sent pass by, and keep nothing of it."""
    left = min(length, HEARD_OUT)
    while left > 0 and (piece := request.read(min(left, PIECE))):
        left -= len(piece)
