"""The figures of an import's report, explained: how each is counted, and the contributions that make it."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lifecycle import clock
from lifecycle.tables import Table, answer, links
from metrics.brought import FIGURES, MOST, ImportFigure, figure_of
from metrics.models import Import
from teams.access import team_for
from teams.models import Team

ACTS_A_PAGE = 50


def _asked(request: HttpRequest, slug: str, pk: int, key: str) -> tuple[Team, Import, ImportFigure]:
    team = team_for(request, slug)
    if key not in FIGURES:
        raise Http404
    delivery = get_object_or_404(Import.objects.select_related("source__pathway"), source__team=team, pk=pk)
    return team, delivery, figure_of(delivery, key)


@require_safe
def figure(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """One figure."""
    team, delivery, told = _asked(request, slug, pk, key)
    page = None if told.acts is None else Paginator(told.acts, ACTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"team": team, "delivery": delivery, "told": told, "page": page}
    files = links("metrics:import-figure", [slug, pk, key])
    return render(request, "metrics/import-figure.html", context | files)


@require_safe
def figure_list(request: HttpRequest, slug: str, pk: int, key: str, form: str) -> HttpResponse:
    """Its contributions as a file."""
    team, delivery, told = _asked(request, slug, pk, key)
    if told.acts is None:
        raise Http404
    heads = [_("When"), _("Id"), _("Person"), _("Kind"), _("Why it does not count")]
    rows = (
        (each.occurred_at.isoformat(), each.who.pk, str(each.who), each.kind, each.why) for each in told.acts[:MOST]
    )
    name = f"{team.slug}-import-{delivery.pk}-{key.replace('_', '-')}"
    return answer(Table(name, heads, rows, clock.today(), definition=told.formula), form)
