"""People of a team who may be one, and what tells of bots and staff: asked, and decided on, several at once."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lifecycle import jobs
from pathways import alike, bot_signs, deciding, likenesses, presence, reach, staff
from pathways.models import Likeness
from pathways.people_forms import BotSignsForm, DecisionForm, PairsForm
from pathways.views.answer import answer, team_of
from teams.access import seen_by, team_for
from teams.models import Role, Team
from teams.refusals import Busy, Conflict, Refused
from teams.views.page import UNPROCESSABLE, SeeOther, reader

PAIRS_A_PAGE = 25
BOTS = 50


@require_safe
def listed(request: HttpRequest, slug: str) -> HttpResponse:
    """The pairs that nobody has decided on, or those that were rejected; signs of bots and staff."""
    return _page(request, team_for(request, slug, Role.ACTIVATOR))


def _page(request: HttpRequest, team: Team, *, status: int = 200, problem: str = "") -> HttpResponse:
    is_rejected = request.GET.get("show") == "rejected"
    state = Likeness.State.REJECTED if is_rejected else Likeness.State.OPEN
    page = Paginator(likenesses.of_team(team).filter(state=state), PAIRS_A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, object] = {
        "team": team,
        "access": seen_by(reader(request), team),
        "problem": problem,
        "is_rejected": is_rejected,
        "page": page,
        "pairs": alike.pairs_of(team, page.object_list),
        "bots": bot_signs.suggested(team, most=BOTS),
        "domains": staff.suggested(team),
    }
    return render(request, "pathways/likenesses.html", context, status=status)


@require_safe
def reach_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What accepting some pairs would change, before it is done."""
    team = team_for(request, slug, Role.ACTIVATOR)
    form = PairsForm(likenesses.undone_of(team), request.GET)
    if not form.is_valid():
        problem = _("Choose pairs from the list: one of these is not there any more.")
        return _page(request, team, status=UNPROCESSABLE, problem=problem)
    rows = list(form.cleaned_data["pair"])
    try:
        told = reach.of_merging(rows, actor=reader(request), team=team)
    except (Refused, Conflict) as refused:
        return _page(request, team, status=UNPROCESSABLE, problem=refused.reason)
    except Busy:
        told = reach.Reach(refused=_("Somebody is writing to this team right now. Try again in a moment."))
    context = {"team": team, "pairs": alike.pairs_of(team, rows), "reach": told}
    return render(request, "pathways/likeness_reach.html", context)


@require_POST
def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    """Accepts or rejects the chosen pairs; or goes on to what accepting would change."""
    team = team_of(request, slug)
    form = DecisionForm(likenesses.undone_of(team), request.POST)
    if not form.is_valid():
        return _page(request, team, status=UNPROCESSABLE, problem=_("Choose at least one pair."))
    chosen, decision = [row.pk for row in form.cleaned_data["pair"]], form.cleaned_data["decision"]
    if decision == "look":
        query = QueryDict(mutable=True)
        query.setlist("pair", [str(pk) for pk in chosen])
        return SeeOther(f"{reverse('pathways:likeness-reach', args=[team.slug])}?{query.urlencode()}")
    is_accepted = decision == "accept"
    decide = deciding.accept if is_accepted else deciding.reject
    said = (
        _("Merged. The numbers are being counted again.")
        if is_accepted
        else _("Kept apart. Nobody is asked about them again.")
    )
    verb = lambda: decide(chosen, actor=reader(request), team=team)  # noqa: E731
    return _answer(request, team, verb, said)


@require_POST
def bots(request: HttpRequest, slug: str) -> HttpResponse:
    """Says of those who look like bots that they are, or are not."""
    team = team_of(request, slug)
    form = BotSignsForm(presence.of_team(team).filter(erased_at=None), request.POST)
    if not form.is_valid():
        return _page(request, team, status=UNPROCESSABLE, problem=_("Choose at least one of the list."))
    verb = lambda: bot_signs.decide(  # noqa: E731
        form.cleaned_data["person"], actor=reader(request), team=team, is_bot=form.cleaned_data["is_bot"]
    )
    return _answer(request, team, verb, _("Written down. The numbers are being counted again."))


def _answer(request: HttpRequest, team: Team, verb: Callable[[], object], said: str) -> HttpResponse:
    to = reverse("pathways:likenesses", args=[team.slug])
    again = lambda status, problem: _page(request, team, status=status, problem=problem)  # noqa: E731
    return answer(request, verb, said=said, to=to, again=again)


@require_POST
def searches(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks for another search."""
    team = team_of(request, slug)
    jobs.ask("likeness", str(team.pk))
    messages.success(request, _("The search is asked for. Load the page again in a moment."))
    return SeeOther(reverse("pathways:likenesses", args=[team.slug]))
