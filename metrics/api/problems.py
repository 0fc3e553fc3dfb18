"""What the API answers when it does not act: one shape, that of RFC 9457, whatever the reason."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, ValidationError

from metrics.sources import Problem as Fault
from metrics.sources.nodes import readable
from metrics.views.bodies import Unfit
from teams.refusals import Busy, Refused

MEDIA_TYPE: Final = "application/problem+json"
#: Seconds after which trying again makes sense: an import that is under way is seldom longer.
LATER: Final = 5


class Where(Schema):
    """One thing that is wrong, and where it stands."""

    reason: str = Field(description="What is wrong, in words.")
    field: str = Field("", description="Which parameter, or the path within the body: `[3].occurred_at`.")
    item: int | None = Field(None, description="Of the body: the item, counted from 1.")
    line: int | None = Field(None, description="Of the body: the line, counted from 1.")
    column: int | None = Field(None, description="Of the body: the character in the line, counted from 1.")


class Problem(Schema):
    """Why nothing was done (RFC 9457). Nothing is kept of a request that is answered so."""

    title: str = Field(description="The status in words.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(description="What is wrong, and what to do about it.")
    errors: list[Where] = Field([], description="Each thing that is wrong, where there may be several.")


class Unreadable(Exception):
    """Nothing in the body can be read; each fault with its item."""

    def __init__(self, faults: Sequence[tuple[int, Fault]]) -> None:
        super().__init__()
        self.faults = faults


def where(item: int, fault: Fault) -> dict[str, Any]:
    """One fault of the body, as texts that any JSON can hold."""
    field, reason = readable(fault.field), readable(fault.reason)
    return {"item": item, "line": fault.line, "column": fault.column, "field": field, "reason": reason}


def problem(status: int, detail: str, *, errors: Iterable[dict[str, Any]] = (), **headers: str) -> HttpResponse:
    """The answer."""
    told = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, errors=[Where(**each) for each in errors]
    )
    found = JsonResponse(told.model_dump(exclude_none=True), status=status, content_type=MEDIA_TYPE)
    for name, value in headers.items():
        found[name.replace("_", "-")] = value
    return found


def handle(api: NinjaAPI) -> None:
    """Let the API answer so whatever its views raise."""

    @api.exception_handler(AuthenticationError)
    def nobody(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        detail = _("A good token is wanted: Authorization: Bearer ... It is made on the team's data page.")
        given = ', error="invalid_token"' if request.headers.get("Authorization") else ""
        return problem(401, detail, WWW_Authenticate=f'Bearer realm="lifecycle"{given}')

    @api.exception_handler(Http404)
    def missing(_request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, str(error) or _("There is no such thing, or the token does not open it."))

    @api.exception_handler(PermissionDenied)
    def forbidden(_request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
        return problem(403, _("The token may read only, or its maker may not write any more, or the team is retired."))

    @api.exception_handler(Refused)
    def refused(_request: HttpRequest, error: Refused) -> HttpResponse:
        return problem(422, error.reason)

    @api.exception_handler(Unfit)
    def unfit(_request: HttpRequest, error: Unfit) -> HttpResponse:
        return problem(error.status, error.reason)

    @api.exception_handler(Busy)
    def busy(_request: HttpRequest, _error: Busy) -> HttpResponse:
        return problem(503, _("An import is under way. Send it again: nothing counts twice."), Retry_After=str(LATER))

    @api.exception_handler(Unreadable)
    def unreadable(_request: HttpRequest, error: Unreadable) -> HttpResponse:
        return problem(422, _("No item can be read."), errors=[where(*each) for each in error.faults])

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [{"field": str(each["loc"][-1]), "reason": each["msg"]} for each in error.errors]
        return problem(422, _("A parameter is not as it should be."), errors=errors)
