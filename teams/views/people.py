"""The people who work with a team, and an account's own roles."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from teams import people
from teams.access import access_to, team_for
from teams.forms import AnswerForm, AppointForm
from teams.models import Membership, Role, Team
from teams.refusals import Conflict, Refused
from teams.views.page import CONFLICT, UNPROCESSABLE, SeeOther, reader


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who holds which role; appoints."""
    team = team_for(request, slug)
    appoints = access_to(reader(request), team).appoints
    if request.method != "POST":
        return _page(request, team, AppointForm(appoints))
    team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = AppointForm(appoints, request.POST)
    if not form.is_valid():
        return _page(request, team, form, status=UNPROCESSABLE)
    try:
        made = people.appoint(team, actor=reader(request), **form.cleaned_data)
    except Refused as refused:
        return _page(request, team, form, status=UNPROCESSABLE, problem=refused.reason)
    except Conflict as conflict:
        return _page(request, team, form, status=CONFLICT, problem=str(conflict))
    messages.success(request, _("%(person)s is appointed.") % {"person": made.user})
    return SeeOther(reverse("teams:people", args=[slug]))


@require_POST
def end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ends a membership: one's own, or one that one may give."""
    team = team_for(request, slug)
    membership = get_object_or_404(Membership.objects.select_related("team", "user"), team=team, pk=pk)
    try:
        people.end(membership, actor=reader(request))
    except Conflict as conflict:
        messages.warning(request, str(conflict))
    else:
        messages.success(request, _("%(person)s no longer holds this role.") % {"person": membership.user})
    mine = membership.user_id == reader(request).pk
    return SeeOther(reverse("teams:account") if mine else reverse("teams:people", args=[slug]))


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What the reader is to which team, and what waits for an answer."""
    user = reader(request)
    held = Membership.objects.current().filter(user=user).select_related("team", "team__stage").order_by("team__name")
    return render(request, "teams/account.html", {"held": held, "invitations": people.invitations(user)})


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepts or declines an appointment of one's own."""
    membership = get_object_or_404(Membership.objects.select_related("team"), user=reader(request), pk=pk)
    form = AnswerForm(request.POST)
    yes = form.is_valid() and form.cleaned_data["answer"] == "accept"
    try:
        if yes:
            people.accept(membership, actor=reader(request))
        elif form.is_valid():
            people.decline(membership, actor=reader(request))
    except Conflict as conflict:
        messages.warning(request, str(conflict))
    else:
        words = _("You work with %(team)s now.") if yes else _("You declined to work with %(team)s.")
        messages.success(request, words % {"team": membership.team})
    return SeeOther(reverse("teams:account"))


def _page(request: HttpRequest, team: Team, form: AppointForm, *, status: int = 200, problem: str = "") -> HttpResponse:
    access = access_to(reader(request), team)
    context = {"team": team, "access": access, "form": form, "problem": problem, "members": people.of_team(team)}
    return render(request, "teams/people.html", context, status=status)
