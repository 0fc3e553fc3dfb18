"""Telling which column of a table holds what."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from metrics import columns, imports, sourcing
from metrics.columns_form import ColumnsForm
from metrics.models import Import
from metrics.views.door import account, importer, see
from teams.refusals import Conflict, Refused


@require_http_methods(["GET", "HEAD", "POST"])
def told(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The first rows of a table, and what its columns seem to hold; posted to, the file is read so."""
    team = importer(request, slug)
    known = Import.objects.select_related("source__pathway", "source__default_kind", "source__team")
    delivery = get_object_or_404(known, source__team=team, source__type="csv", pk=pk)
    if not columns.may_be_told(delivery):
        return see("metrics:import", team.slug, pk)
    preview = columns.preview_of(delivery)
    form = ColumnsForm(request.POST or None, preview=preview, source=delivery.source)
    context = {"team": team, "delivery": delivery, "preview": preview, "form": form}
    if not form.is_valid():
        return render(request, "metrics/columns.html", context, status=422 if form.is_bound else 200)
    trial = columns.trial_of(delivery, form.options())
    if trial.problems or "read" not in request.POST:
        context["trial"] = trial
        return render(request, "metrics/columns.html", context, status=422 if trial.problems else 200)
    return _read(request, delivery, form)


def _read(request: HttpRequest, delivery: Import, form: ColumnsForm) -> HttpResponse:
    """The file is read as was said: for the first time, or once more as a new import."""
    team = delivery.source.team
    sourcing.remember(delivery.source, form.reading(), zone=form.cleaned_data["zone"])
    try:
        if delivery.state == Import.State.ASKING:
            imports.begin(delivery)
        else:
            delivery = imports.rerun(delivery, actor=account(request))
    except (Conflict, Refused) as refused:
        messages.warning(request, refused.reason)
        return see("metrics:import", team.slug, delivery.pk)
    messages.success(request, _("Remembered: the next file of this source is read in the same way."))
    return see("metrics:import", team.slug, delivery.pk)
