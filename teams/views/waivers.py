"""Waivers of conditions, and a partner's word on a small baseline."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from teams import forms, waivers
from teams.access import team_for
from teams.gates import verdict_of
from teams.models import Role, Waiver
from teams.views.page import reader, submitted


@require_POST
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    """An activator asks that a condition be set aside."""
    team = team_for(request, slug, Role.ACTIVATOR)
    form = forms.WaiverForm(verdict_of(team), request.POST)

    def act() -> str:
        typed = form.cleaned_data
        waivers.ask(
            team,
            actor=reader(request),
            reason=typed["reason"],
            expires_on=typed["expires_on"],
            **form.condition_asked(),
        )
        return _("You asked for a waiver. A partner answers.")

    return submitted(request, team, form, act, name="waiver_form", anchor="waivers")


@require_POST
def decision(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Grants or refuses (a partner), or takes back (either side)."""
    team = team_for(request, slug, Role.PARTNER, Role.ACTIVATOR)
    waiver = get_object_or_404(Waiver.objects.select_related("team"), team=team, pk=pk)
    form = forms.WaiverAnswerForm(waiver, request.POST)

    def act() -> str:
        typed = form.cleaned_data
        match typed["decision"]:
            case forms.WaiverAnswerForm.GRANT:
                waivers.grant(waiver, actor=reader(request), answer=typed["answer"])
                return _("The waiver is granted.")
            case forms.WaiverAnswerForm.REFUSE:
                waivers.refuse(waiver, actor=reader(request), answer=typed["answer"])
                return _("The waiver is refused.")
            case _other:
                waivers.withdraw(waiver, actor=reader(request))
                return _("The waiver is taken back.")

    return submitted(request, team, form, act, name="waiver_answer_form", anchor="waivers")


@require_POST
def confirmations(request: HttpRequest, slug: str) -> HttpResponse:
    """A partner vouches for a small baseline."""
    team = team_for(request, slug, Role.PARTNER)
    form = forms.ConfirmationForm(verdict_of(team), request.POST)

    def act() -> str:
        waivers.confirm_baseline(team, actor=reader(request), **form.cleaned_data)
        return _("The baseline is confirmed.")

    return submitted(request, team, form, act, name="confirmation_form", anchor="gate")
