"""One import: its report, and what may be done about it."""

from collections.abc import Callable
from pathlib import PurePath

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lifecycle import sheets
from metrics import columns, effects, imports, rejected, reports, withdrawals
from metrics.forms import WithdrawalForm
from metrics.models import Import
from metrics.views.door import account, importer, see
from teams.access import seen_by, team_for
from teams.refusals import Busy, Conflict, Refused

#: People whom a page names.
LISTED = 100


def _report(request: HttpRequest, slug: str, pk: int, template: str, status: int = 200) -> HttpResponse:
    team = team_for(request, slug)
    known = Import.objects.select_related("source__pathway", "job", "created_by", "withdrawal__by")
    delivery = get_object_or_404(known, source__team=team, pk=pk)
    context = {
        "team": team,
        "access": seen_by(account(request), team),
        "report": reports.report_of(delivery),
        "may_be_told": columns.may_be_told(delivery),
        "withdrawal_form": WithdrawalForm(),
    }
    return render(request, template, context, status=status)


@require_safe
def one_import(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One import and its report."""
    return _report(request, slug, pk, "metrics/import.html")


@require_safe
def import_report(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The part of it that moves, asked for each second while it does."""
    return _report(request, slug, pk, "metrics/_import-report-answer.html")


@require_safe
def import_row(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Its row in the history, asked for each second while it moves."""
    return _report(request, slug, pk, "metrics/_import-row-answer.html")


@require_safe
def effect(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What an import changed in people and the gate."""
    team = team_for(request, slug)
    delivery = get_object_or_404(Import.objects.select_related("source"), source__team=team, pk=pk)
    if delivery.state != Import.State.DONE:
        return see("metrics:import", team.slug, pk)
    try:
        found = effects.effect_of(delivery)
    except Busy:
        found = effects.Effect(refused=_("The team is being counted just now. Open this page again in a moment."))
    context = {"team": team, "delivery": delivery, "effect": found, "limit": LISTED, "shown": f":{LISTED}"}
    return render(request, "metrics/effect.html", context)


@require_safe
def rejected_rows(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The rejected rows with their places and reasons, to be mended in a spreadsheet."""
    delivery = get_object_or_404(Import, source__team=importer(request, slug), pk=pk)
    rows = [(p["line"], p["column"], p["field"], p["reason"], *p["cells"]) for p in delivery.errors]
    header = ("line", "column", "field", "reason", "the row as it stands")
    return sheets.download(f"import-{delivery.pk}-rejected.csv", header, rows)


@require_safe
def rejected_lines(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """The rejected lines as they stand in the file, to be mended and uploaded alone."""
    delivery = get_object_or_404(Import.objects.select_related("source"), source__team=importer(request, slug), pk=pk)
    if not (delivery.file and delivery.file.storage.exists(str(delivery.file))):
        raise Http404
    suffix = PurePath(delivery.filename.removesuffix(".gz")).suffix or ".txt"
    response = StreamingHttpResponse(
        rejected.lines(delivery, imports.ADAPTERS[delivery.source.type]),
        content_type="text/plain; charset=utf-8",
    )
    response["Content-Disposition"] = content_disposition_header(True, f"import-{delivery.pk}-rejected{suffix}")
    return response


@require_POST
def retries(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask again for an import that failed."""
    return _done(request, slug, pk, imports.retry)


@require_POST
def reruns(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Read an import's file once more, as a new import: its source is told better now, or it was undone."""
    team = importer(request, slug)
    delivery = get_object_or_404(Import.objects.select_related("source"), source__team=team, pk=pk)
    try:
        again = imports.rerun(delivery, actor=account(request))
    except Refused as refused:
        messages.warning(request, refused.reason)
        return _report(request, slug, pk, "metrics/import.html", 422)
    return see("metrics:import", team.slug, again.pk)


@require_POST
def undoings(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Undo an import."""

    def undo(delivery: Import) -> object:
        return withdrawals.withdraw(delivery, actor=account(request), reason=request.POST.get("reason", "")[:300])

    return _done(request, slug, pk, undo)


def _done(request: HttpRequest, slug: str, pk: int, verb: Callable[[Import], object]) -> HttpResponse:
    team = importer(request, slug)
    delivery = get_object_or_404(Import, source__team=team, pk=pk)
    try:
        verb(delivery)
    except (Conflict, Refused) as refused:
        messages.warning(request, refused.reason)
        return _report(request, slug, pk, "metrics/import.html", 409 if isinstance(refused, Conflict) else 422)
    return see("metrics:import", team.slug, pk)
