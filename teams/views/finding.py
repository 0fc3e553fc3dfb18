"""The masthead's field: straight to the team that is meant, or to all that it could be."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from teams.models import Team
from teams.views.page import reader


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The only team of the reader's that has these letters in its name, or these alone; else the portfolio of them."""
    text = request.GET.get("team", "").strip()
    for match in ("icontains", "iexact"):
        found = Team.objects.visible_to(reader(request)).filter(**{f"name__{match}": text})[:2]
        if text and len(found) == 1:
            return redirect(found[0])
    return redirect(f"{reverse('teams:portfolio')}?{urlencode({'team': text})}#teams")
