"""A name, address or account of a person is somebody else's: what that would change, and the word on it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pathways import merging, presence, reach
from pathways.models import Contributor, Identity
from pathways.people_forms import SplitForm
from pathways.views.answer import answer, needs_another_look
from teams.access import team_for
from teams.models import Role, Team
from teams.refusals import Busy, Refused
from teams.views.page import UNPROCESSABLE, reader


@require_http_methods(["GET", "HEAD", "POST"])
def splits(request: HttpRequest, slug: str, pk: int, identity: int) -> HttpResponse:
    """What splitting would change, before it is done; posted, it is done."""
    team = team_for(request, slug, Role.ACTIVATOR)
    found = presence.one_of(team, pk)
    alike = _alike(team, found, identity)
    form = SplitForm(request.POST if request.method == "POST" else None)

    def again(status: int, problem: str) -> HttpResponse:
        return _page(request, team, alike, form, status=status, problem=problem)

    if request.method != "POST":
        return again(200, "")
    if not form.is_valid():
        return again(UNPROCESSABLE, needs_another_look())
    verb = lambda: merging.split(*alike, actor=reader(request), team=team, **form.cleaned_data)  # noqa: E731
    said = _("Split off: “%(name)s” is a person of their own. The numbers are being counted again.")
    to = reverse("pathways:contributor", args=[team.slug, found.pk])
    return answer(request, verb, said=said % {"name": alike[0]}, to=to, again=again)


def _alike(team: Team, found: Contributor, identity: int) -> list[Identity]:
    """The identities that stand in one row of the person's page."""
    known = presence.known_identities(team).filter(contributor=found).select_related("contributor")
    one = get_object_or_404(known, pk=identity)
    return list(known.filter(name=one.name, email=one.email, username=one.username).order_by("pk"))


def _page(
    request: HttpRequest, team: Team, alike: list[Identity], form: SplitForm, *, status: int, problem: str
) -> HttpResponse:
    try:
        told = reach.of_splitting(alike, actor=reader(request), team=team)
    except Refused as refused:
        status, problem, told = UNPROCESSABLE, problem or refused.reason, None
    except Busy:
        told = reach.Reach(refused=_("Somebody is writing to this team right now. Try again in a moment."))
    context = {
        "team": team,
        "person": alike[0].contributor,
        "identity": alike[0],
        "reach": told,
        "form": form,
        "problem": problem,
    }
    return render(request, "pathways/split.html", context, status=status)
