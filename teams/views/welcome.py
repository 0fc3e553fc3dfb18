"""Where the link of an invitation leads: for everybody who has the link, logged in or not."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from teams import invitations, sign_up
from teams.models import Invitation
from teams.people_forms import AnswerForm, NewcomerForm
from teams.refusals import Busy, Conflict, Refused
from teams.views.page import CONFLICT, UNAVAILABLE, UNPROCESSABLE, SeeOther, reader
from teams.welcome import Door, Welcome, welcome_of


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """What the link offers, which changes nothing by being opened; makes the account of whoever has none."""
    welcome = welcome_of(key, request.user)
    if request.method != "POST" or welcome.door != Door.NO_ACCOUNT or welcome.invitation is None:
        status = CONFLICT if request.method == "POST" else welcome.status
        return _page(request, welcome, status=status)
    form = NewcomerForm(welcome.invitation, request.POST)
    if not form.is_valid():
        return _page(request, welcome, form, status=UNPROCESSABLE)
    try:
        user = sign_up.sign_up(welcome.invitation, form.newcomer())
    except (Refused, Conflict) as refusal:
        return _page(request, welcome_of(key, request.user), status=CONFLICT, problem=refusal.reason)
    except Busy:
        problem = _("Somebody is changing this team right now. Try again in a moment.")
        return _page(request, welcome, form, status=UNAVAILABLE, problem=problem)
    login(request, user)
    team = welcome.invitation.team
    messages.success(request, _("Your account is made. You work with %(team)s now.") % {"team": team})
    return SeeOther(team.get_absolute_url())


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepts or declines an invitation to one's own address."""
    mine = Invitation.objects.filter(email__iexact=reader(request).email).select_related("team", "invited_by")
    offered = get_object_or_404(mine, pk=pk)
    form = AnswerForm(request.POST)
    yes = form.is_valid() and form.cleaned_data["answer"] == AnswerForm.ACCEPT
    try:
        if yes:
            invitations.accept(offered, actor=reader(request))
        elif form.is_valid():
            invitations.decline(offered, actor=reader(request))
    except (Refused, Conflict) as refusal:
        messages.warning(request, refusal.reason)
        return SeeOther(reverse("teams:account"))
    except Busy:
        messages.warning(request, _("Somebody is changing this team right now. Try again in a moment."))
        return SeeOther(reverse("teams:account"))
    if form.is_valid():
        words = _("You work with %(team)s now.") if yes else _("You declined to work with %(team)s.")
        messages.success(request, words % {"team": offered.team})
    return SeeOther(offered.team.get_absolute_url() if yes else reverse("teams:account"))


def _page(
    request: HttpRequest, welcome: Welcome, form: NewcomerForm | None = None, *, status: int, problem: str = ""
) -> HttpResponse:
    if form is None and welcome.invitation is not None and welcome.door == Door.NO_ACCOUNT:
        form = NewcomerForm(welcome.invitation)
    context = {"welcome": welcome, "invitation": welcome.invitation, "form": form, "problem": problem}
    return render(request, "teams/invitation.html", context, status=status)
