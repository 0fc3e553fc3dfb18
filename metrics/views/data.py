"""The data page: sources with their freshness, imports with their reports, what is kept and not counted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lifecycle.uploads import is_over_limit
from metrics import imports, reports, sourcing, waiting
from metrics.forms import KindDecisionForm, SourceForm, UploadForm
from metrics.models import Import, Source
from metrics.views.door import SeeOther, account, importer, see
from pathways import kinds
from pathways.models import Kind
from teams.access import seen_by, team_for
from teams.models import Team
from teams.refusals import Conflict, Refused
from teams.runs import run_of

IMPORTS_A_PAGE = 25


def _page(request: HttpRequest, team: Team, status: int = 200, **forms: Any) -> HttpResponse:
    """The whole page; a form that was sent stands in it with its errors."""
    history = Import.objects.filter(source__team=team).select_related("source__pathway", "job", "created_by")
    page = Paginator(history, IMPORTS_A_PAGE).get_page(request.GET.get("page"))
    sources = reports.sources_of(team)
    unknown = waiting.unknown_kinds_of(team)
    quarantine = waiting.quarantine_of(team)
    context = {
        "team": team,
        "access": seen_by(account(request), team),
        "run": run_of([team]),
        "sources": sources,
        "page": page,
        "reports": [reports.report_of(delivery) for delivery in page],
        "quarantine": quarantine,
        "waiting": {
            "days": sum(row.count for row in quarantine if row.waits),
            "kinds": sum(row.count for row in unknown),
        },
        "asking": next((delivery for delivery in page if delivery.state == Import.State.ASKING), None),
        "unknown": [(row, row.kind and KindDecisionForm(kind=row.kind)) for row in unknown],
        "upload_form": forms.get("upload_form") or UploadForm(team=team, source=request.GET.get("source", "")),
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
    team = importer(request, slug)
    form = SourceForm(request.POST, team=team)
    if not form.is_valid():
        return _page(request, team, 422, source_form=form)
    source = sourcing.add(form.save(commit=False))
    if source.type == Source.Type.CSV:
        messages.success(request, _("Source “%(source)s” is added. Now upload its file.") % {"source": source.name})
        return SeeOther(f"{reverse('metrics:data', args=[team.slug])}?source={source.pk}#upload")
    messages.success(request, _("Source “%(source)s” is added. Here is how to connect it.") % {"source": source.name})
    return see("metrics:source", team.slug, source.pk)


@require_POST
def uploads(request: HttpRequest, slug: str) -> HttpResponse:
    """Receive a file; the answer is the page on which the reader can watch it being read."""
    team = importer(request, slug)
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
            actor=account(request),
            complete_to=form.cleaned_data["complete_to"],
        )
    except Refused as refused:
        form.add_error("file", refused.reason)
        return _page(request, team, 413 if isinstance(refused, imports.TooLarge) else 422, upload_form=form)
    asks = delivery.state == Import.State.ASKING
    return see("metrics:columns" if asks else "metrics:import", team.slug, delivery.pk)


@require_POST
def kind_decisions(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An admin's answer to an unknown kind. It holds for the organisation, so nobody else may give it."""
    team, who = team_for(request, slug), account(request)
    if not who.is_admin:
        raise PermissionDenied
    kind = get_object_or_404(Kind, pk=pk)
    form = KindDecisionForm(request.POST, kind=kind)
    if not form.is_valid():
        messages.error(request, _("Choose one of the answers."))
        return _page(request, team, 422)
    state, same_as = form.decision()
    try:
        kinds.decide(kind, actor=who, state=state, same_as=same_as)
    except (Conflict, Refused) as refused:
        messages.warning(request, refused.reason)
        return _page(request, team, 409 if isinstance(refused, Conflict) else 422)
    messages.success(request, _("Decided: “%(kind)s”. The numbers are being counted again.") % {"kind": kind.label})
    return see("metrics:data", team.slug)
