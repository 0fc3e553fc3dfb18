"""One source: what it is told, how it is connected, and what people decide about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from metrics import hooks, quarantine, reports, sourcing, waiting
from metrics.connections import connection_of
from metrics.forms import SettingsForm
from metrics.hand_form import EntryForm
from metrics.models import HookSecret, Release, Source
from metrics.views.door import account, importer, see
from teams.access import seen_by, team_for
from teams.models import Team
from teams.refusals import Refused


def one(team: Team, pk: int) -> Source:
    """A source of the team. Raises Http404."""
    return get_object_or_404(Source.objects.select_related("pathway", "default_kind", "team"), team=team, pk=pk)


def page(request: HttpRequest, team: Team, source: Source, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a source; a form that was sent stands in it with its errors."""
    context = {
        "team": team,
        "access": seen_by(account(request), team),
        "row": reports.source_row(source),
        "source": source,
        "connection": connection_of(source, request.build_absolute_uri),
        "quarantine": waiting.quarantine_of(team, source),
        "reports": reports.latest_of(source),
        "form": more.get("form") or SettingsForm(source=source),
        "entry_form": more.get("entry_form") or EntryForm(source=source),
        "secret": more.get("secret"),
    }
    return render(request, "metrics/source.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Its page; posted to, it is told anew what it is."""
    if request.method != "POST":
        team = team_for(request, slug)
        return page(request, team, one(team, pk))
    team = importer(request, slug)
    found = one(team, pk)
    form = SettingsForm(request.POST, source=found)
    if not form.is_valid():
        return page(request, team, found, 422, form=form)
    try:
        sourcing.change(found, form.settings())
    except Refused as refused:
        form.add_error("name", refused.reason)
        return page(request, team, found, 422, form=form)
    messages.success(request, _("Saved. What follows from it is being counted."))
    return see("metrics:source", team.slug, pk)


@require_POST
def switches(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Switch a source off or on."""
    team = importer(request, slug)
    if sourcing.switch(found := one(team, pk), enabled=request.POST.get("enabled") == "yes").enabled:
        said = _("Source “%(source)s” is switched on. Its contributions count again.")
    else:
        said = _("Source “%(source)s” is switched off. What came by it is kept, and no longer counts.")
    messages.success(request, said % {"source": found.name})
    return see("metrics:data", team.slug)


@require_POST
def secrets(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Make a secret. It is shown in this answer and never again, so this is the one POST that no page follows."""
    team = importer(request, slug)
    found = one(team, pk)
    try:
        made = hooks.add_secret(found, actor=account(request))
    except Refused as refused:
        messages.warning(request, refused.reason)
        return page(request, team, found, 422)
    return page(request, team, found, secret=made)


@require_POST
def secret_end(request: HttpRequest, slug: str, pk: int, secret: int) -> HttpResponse:
    """End a secret."""
    team = importer(request, slug)
    hooks.end_secret(get_object_or_404(HookSecret, hook__source=one(team, pk), pk=secret))
    messages.success(request, _("The secret is ended: what is signed with it is refused from now on."))
    return see("metrics:source", team.slug, pk)


@require_POST
def releases(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Decide about all of the source that is quarantined for one reason."""
    team = importer(request, slug)
    found = one(team, pk)
    why, counts = request.POST.get("why", ""), request.POST.get("counts", "")
    if why not in Release.Why.values or counts not in {"yes", "no"}:
        messages.error(request, _("Choose one of the answers."))
        return page(request, team, found, 422)
    quarantine.decide(found, why=why, counts=counts == "yes", actor=account(request))
    messages.success(
        request,
        _("Decided: they count. The numbers are being counted again.")
        if counts == "yes"
        else _("Decided: they are kept, and never count."),
    )
    return see("metrics:data", team.slug)
