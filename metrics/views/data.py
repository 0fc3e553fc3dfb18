"""The data page: sources with their freshness, imports with their reports, what is kept and not counted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lifecycle import sheets
from lifecycle.uploads import is_over_limit
from metrics import imports, reports
from metrics.forms import KindDecisionForm, SourceForm, UploadForm
from metrics.models import Import, Source
from pathways import kinds
from pathways.models import Kind
from teams.access import access_to, team_for
from teams.models import Team, User
from teams.refusals import Conflict, Refused
from teams.runs import run_of

IMPORTS_A_PAGE = 25


def _importer(request: HttpRequest, slug: str) -> Team:
    """The team, for somebody who may bring data in. A retired team takes none."""
    team = team_for(request, slug)
    if not access_to(_account(request), team).can_import:
        raise PermissionDenied
    return team


def _account(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class SeeOther(HttpResponseRedirect):
    """What a POST answers when it has done something: the address to GET (303)."""

    status_code = 303


def _see(name: str, *args: object) -> SeeOther:
    return SeeOther(resolve_url(name, *args))


def _page(request: HttpRequest, team: Team, status: int = 200, **forms: Any) -> HttpResponse:
    """The whole page; a form that was sent stands in it with its errors."""
    history = Import.objects.filter(source__team=team).select_related("source__pathway", "job", "created_by")
    page = Paginator(history, IMPORTS_A_PAGE).get_page(request.GET.get("page"))
    sources = reports.sources_of(team)
    unknown = reports.unknown_kinds_of(team)
    context = {
        "team": team,
        "access": access_to(_account(request), team),
        "run": run_of([team]),
        "sources": sources,
        "page": page,
        "reports": [reports.report_of(delivery) for delivery in page],
        "quarantine": reports.quarantine_of(team),
        "unknown": [(row, row.kind and KindDecisionForm(kind=row.kind)) for row in unknown],
        "upload_form": forms.get("upload_form") or UploadForm(team=team),
        "source_form": forms.get("source_form") or SourceForm(team=team),
        "source_form_open": "source_form" in forms or not sources,
    }
    return render(request, "metrics/data.html", context, status=status)


@require_safe
def data(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the team's numbers come from."""
    return _page(request, team_for(request, slug))


@require_POST
def sources(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a source."""
    team = _importer(request, slug)
    form = SourceForm(request.POST, team=team)
    if not form.is_valid():
        return _page(request, team, 422, source_form=form)
    source = form.save()
    messages.success(request, _("Source “%(source)s” is added. Now upload its file.") % {"source": source.name})
    return _see("metrics:data", team.slug)


@require_POST
def switches(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Switch a source off or on."""
    team = _importer(request, slug)
    source = get_object_or_404(Source, team=team, pk=pk)
    if imports.switch(source, enabled=request.POST.get("enabled") == "yes").enabled:
        said = _("Source “%(source)s” is switched on. Its contributions count again.")
    else:
        said = _("Source “%(source)s” is switched off. What came by it is kept, and no longer counts.")
    messages.success(request, said % {"source": source.name})
    return _see("metrics:data", team.slug)


@require_POST
def uploads(request: HttpRequest, slug: str) -> HttpResponse:
    """Receive a file; the answer is the page on which the reader can watch it being read."""
    team = _importer(request, slug)
    form = UploadForm(request.POST, request.FILES, team=team)
    if is_over_limit(request):
        form.errors.pop("file", None)  # it was passed over: "required" is not what is wrong
        form.add_error("file", imports.TooLarge().reason)
        return _page(request, team, 413, upload_form=form)
    if not form.is_valid():
        return _page(request, team, 422, upload_form=form)
    try:
        delivery = imports.receive(
            form.cleaned_data["source"],
            file=form.cleaned_data["file"],
            filename=form.cleaned_data["file"].name,
            actor=_account(request),
            complete_to=form.cleaned_data["complete_to"],
        )
    except Refused as refused:
        form.add_error("file", refused.reason)
        return _page(request, team, 413 if isinstance(refused, imports.TooLarge) else 422, upload_form=form)
    return _see("metrics:import", team.slug, delivery.pk)


def _report(request: HttpRequest, slug: str, pk: int, template: str) -> HttpResponse:
    team = team_for(request, slug)
    known = Import.objects.select_related("source__pathway", "job", "created_by")
    delivery = get_object_or_404(known, source__team=team, pk=pk)
    context = {"team": team, "access": access_to(_account(request), team), "report": reports.report_of(delivery)}
    return render(request, template, context)


@require_safe
def one_import(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One import and its report."""
    return _report(request, slug, pk, "metrics/import.html")


@require_safe
def import_report(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The part of it that moves, asked for each second while it does."""
    return _report(request, slug, pk, "metrics/_import-report.html")


@require_safe
def import_row(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Its row in the history, asked for each second while it moves."""
    return _report(request, slug, pk, "metrics/_import-row.html")


@require_safe
def rejected_rows(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The rejected rows with their places and reasons, to be mended in a spreadsheet."""
    delivery = get_object_or_404(Import, source__team=_importer(request, slug), pk=pk)
    rows = [(p["line"], p["column"], p["field"], p["reason"], *p["cells"]) for p in delivery.errors]
    header = ("line", "column", "field", "reason", "the row as it stands")
    return sheets.download(f"import-{delivery.pk}-rejected.csv", header, rows)


@require_POST
def retries(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask again for an import that failed."""
    team = _importer(request, slug)
    delivery = get_object_or_404(Import, source__team=team, pk=pk)
    try:
        imports.retry(delivery)
    except Conflict as conflict:
        messages.warning(request, conflict.reason)
        return _report_conflict(request, slug, pk)
    return _see("metrics:import", team.slug, pk)


def _report_conflict(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    response = _report(request, slug, pk, "metrics/import.html")
    response.status_code = 409
    return response


@require_POST
def kind_decisions(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An admin's answer to an unknown kind. It holds for the organisation, so nobody else may give it."""
    team, account = team_for(request, slug), _account(request)
    if not account.is_admin:
        raise PermissionDenied
    kind = get_object_or_404(Kind, pk=pk)
    form = KindDecisionForm(request.POST, kind=kind)
    if not form.is_valid():
        messages.error(request, _("Choose one of the answers."))
        return _page(request, team, 422)
    state, same_as = form.decision()
    try:
        kinds.decide(kind, actor=account, state=state, same_as=same_as)
    except (Conflict, Refused) as refused:
        messages.warning(request, refused.reason)
        return _page(request, team, 409 if isinstance(refused, Conflict) else 422)
    messages.success(request, _("Decided: “%(kind)s”. The numbers are being counted again.") % {"kind": kind.label})
    return _see("metrics:data", team.slug)
