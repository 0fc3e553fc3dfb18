"""Ticking milestones in place."""

from typing import cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from lifecycle.models import Milestone
from lifecycle.prepared import prepared
from teams import comments, milestones
from teams.access import Access, team_for
from teams.dashboard import Dashboard
from teams.dashboard.rows import row_of
from teams.forms import MilestoneForm
from teams.models import Role, Team
from teams.proofs import proofs_of
from teams.refusals import Conflict, Refused
from teams.views.page import CONFLICT, UNPROCESSABLE, SeeOther, context_of, kept_of, overtaken, reader, team_page


@require_POST
def events(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Adds an event to a milestone and answers with its row; gate, track and moves come along."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    milestone = _one.first(pk)
    if milestone is None:
        raise Http404
    form = MilestoneForm(request.POST)
    if not form.is_valid():
        raw = {name: request.POST.get(name, "") for name in ("note", "link")}
        return _answer(request, team, milestone, status=UNPROCESSABLE, problem=form.trouble(), typed=raw)
    typed = form.cleaned_data
    try:
        milestones.record(
            team,
            milestone=milestone,
            actor=reader(request),
            action=milestones.Action(typed["action"]),
            seen=typed["seen"],
            note=form.words,
            link=typed["link"],
        )
    except Refused as refused:
        return _answer(request, team, milestone, status=UNPROCESSABLE, problem=refused.reason, typed=typed)
    except Conflict as conflict:
        return _answer(request, team, milestone, status=CONFLICT, problem=str(conflict), typed=typed)
    return _answer(request, team, milestone)


@prepared
def _one(pk: int) -> QuerySet[Milestone]:
    return Milestone.objects.filter(pk=pk).select_related("stage")


@prepared
def _fresh(team: Team) -> QuerySet[Team]:
    return Team.objects.filter(pk=team.pk).select_related("stage")


def _answer(
    request: HttpRequest,
    team: Team,
    milestone: Milestone,
    *,
    status: int = 200,
    problem: str = "",
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    """The row with what hangs on it; without htmx a redirect, or the whole page with the row's problem. So is it where
    the page has no such row any more.
    """
    (fresh,) = _fresh(team)
    typed = typed or {}
    if problem and (moved_on := milestones.why_not_asked(fresh, milestone)):
        return overtaken(request, fresh, moved_on, [typed.get("note", ""), typed.get("link", "")])
    trouble = {"pk": milestone.pk, "problem": problem, "typed": typed}
    if "HX-Request" in request.headers:
        context = context_of(request, fresh)
        state, verdict = milestones.state_of(fresh, milestone), cast("Dashboard", context["dashboard"]).verdict
        proof = proofs_of(fresh, [state], verdict).get(milestone.pk)
        (talk,) = comments.about(fresh, milestones=[milestone.pk]).values()
        row = {"row": row_of(state, cast("Access", context["access"]), talk, proof), "trouble": trouble}
        return render(request, "teams/_milestone_answer.html", context | row, status=status)
    if problem:
        return team_page(request, fresh, status=status, trouble=trouble)
    return SeeOther(f"{reverse('teams:team', args=[team.slug])}{kept_of(request)}#milestone-{milestone.pk}")
