"""The people who work with a team: seen, invited, ended, and roles handed over."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from teams import handing_over, invitations, people
from teams.access import seen_by, team_for
from teams.models import Invitation, Membership, Role, Team
from teams.people_forms import HandOverForm, InviteForm
from teams.people_page import page_of
from teams.refusals import Conflict, Refused
from teams.views.page import SeeOther, answered, reader


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who holds which role, and who is invited; invites."""
    team = team_for(request, slug)
    appoints = seen_by(reader(request), team).appoints
    if request.method != "POST":
        return _page(request, team)
    team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = InviteForm(appoints, request.POST)

    def invite() -> str:
        made = invitations.invite(team, form.offer(), actor=reader(request))
        return _("An invitation goes to %(email)s.") % {"email": made.email}

    def again(status: int, problem: str) -> HttpResponse:
        return _page(request, team, form, status=status, problem=problem)

    return answered(request, form, invite, again=again, to=reverse("teams:people", args=[slug]))


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


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What is open with the holder of a role; offers the role to somebody else."""
    team = team_for(request, slug)
    held = get_object_or_404(Membership.objects.select_related("team", "user"), team=team, pk=pk)
    if not people.may_end(held, actor=reader(request)):
        raise PermissionDenied

    def page(form: HandOverForm, status: int = 200, problem: str = "") -> HttpResponse:
        context = {"team": team, "held": held, "form": form, "problem": problem}
        context["open"] = handing_over.open_with(held)
        return render(request, "teams/hand_over.html", context, status=status)

    if request.method != "POST":
        return page(HandOverForm(held))
    form = HandOverForm(held, request.POST)

    def offer() -> str:
        note = form.cleaned_data["note"]
        made = invitations.hand_over(held, actor=reader(request), email=form.address(), note=note)
        return _("%(email)s is asked to take the role over. It passes on once they accept.") % {"email": made.email}

    def again(status: int, problem: str) -> HttpResponse:
        return page(form, status, problem)

    return answered(request, form, offer, again=again, to=reverse("teams:people", args=[slug]))


@require_POST
def mailing(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Sends an invitation again, with a new link."""

    def send(invitation: Invitation) -> str:
        invitations.send_again(invitation, actor=reader(request))
        return _("A new link goes to %(email)s; the old one is void.") % {"email": invitation.email}

    return _on_invitation(request, slug, pk, send)


@require_POST
def revocation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Takes an invitation back."""

    def revoke(invitation: Invitation) -> str:
        invitations.revoke(invitation, actor=reader(request))
        return _("The invitation of %(email)s is revoked.") % {"email": invitation.email}

    return _on_invitation(request, slug, pk, revoke)


def _on_invitation(request: HttpRequest, slug: str, pk: int, act: Callable[[Invitation], str]) -> HttpResponse:
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    invitation = get_object_or_404(Invitation.objects.select_related("team", "invited_by"), team=team, pk=pk)
    try:
        messages.success(request, act(invitation))
    except (Refused, Conflict) as refusal:
        messages.warning(request, refusal.reason)
    return SeeOther(reverse("teams:people", args=[slug]) + "#invitations")


def _page(
    request: HttpRequest, team: Team, form: InviteForm | None = None, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    access = seen_by(reader(request), team)
    seen = page_of(team, access)
    form = form or InviteForm(access.appoints, initial={"role": request.GET.get("role", seen.lacking)})
    context = {"team": team, "access": access, "form": form, "problem": problem, "people": seen}
    return render(request, "teams/people.html", context, status=status)
