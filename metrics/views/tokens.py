"""The tokens of the API: made, shown once, ended."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from metrics import tokens as verbs
from metrics.models import Token
from metrics.token_form import TokenForm
from metrics.views.door import account, importer, see
from teams.access import seen_by
from teams.models import Team
from teams.refusals import Refused


def _page(request: HttpRequest, team: Team, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "team": team,
        "access": seen_by(account(request), team),
        "tokens": verbs.listed(team),
        "address": request.build_absolute_uri(f"/api/v1/teams/{team.slug}/contributions"),
        "form": TokenForm(),
        **more,
    }
    return render(request, "metrics/tokens.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest, slug: str) -> HttpResponse:
    """All of a team. Posted to, one more: its text stands in this answer and never again, so no page follows it."""
    team = importer(request, slug)
    if request.method != "POST":
        return _page(request, team)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, team, 422, form=form)
    try:
        made, text = verbs.make(team, actor=account(request), **form.cleaned_data)
    except Refused as refused:
        form.add_error("expires_on", refused.reason)
        return _page(request, team, 422, form=form)
    return _page(request, team, made=made, text=text)


@require_POST
def token_end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """End one."""
    team = importer(request, slug)
    verbs.end(get_object_or_404(Token, team=team, pk=pk))
    messages.success(request, _("The token is ended: it opens nothing from now on."))
    return see("metrics:tokens", team.slug)
