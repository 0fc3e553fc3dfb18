"""Asking for promotion, deciding on it, and stepping back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from teams import forms, promotion
from teams.access import team_for
from teams.models import PromotionRequest, Role
from teams.views.page import reader, submitted


@require_POST
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """An activator asks."""
    team = team_for(request, slug, Role.ACTIVATOR)
    form = forms.RequestForm(request.POST)

    def act() -> str:
        promotion.request(team, actor=reader(request), note=form.cleaned_data["note"])
        return _("You asked for the promotion. A partner decides.")

    return submitted(request, team, form, act, name="request_form", anchor="promotion")


@require_POST
def withdrawal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An activator takes the request back."""
    team = team_for(request, slug, Role.ACTIVATOR)
    asked = get_object_or_404(PromotionRequest, team=team, pk=pk)
    form = forms.RequestForm(request.POST)

    def act() -> str:
        promotion.withdraw(asked, actor=reader(request))
        return _("The request is withdrawn.")

    return submitted(request, team, form, act, name="request_form", anchor="promotion")


@require_POST
def decision(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A partner promotes or declines, from the version of the data that the page showed."""
    team = team_for(request, slug, Role.PARTNER)
    asked = get_object_or_404(PromotionRequest.objects.select_related("team"), team=team, pk=pk)
    form = forms.DecisionForm(request.POST)

    def act() -> str:
        typed = form.cleaned_data
        if typed["decision"] == forms.DecisionForm.DECLINE:
            promotion.decline(asked, actor=reader(request), reason=typed["reason"])
            return _("The promotion is declined; the reason stands in the history.")
        seen, reason = typed["seen_version"], typed["reason"]
        moved = promotion.promote(asked, actor=reader(request), seen_version=seen, reason=reason)
        return _("%(team)s is in %(stage)s now.") % {"team": team, "stage": moved.to_stage}

    return submitted(request, team, form, act, name="decision_form", anchor="main", place="promotion")


@require_POST
def step_backs(request: HttpRequest, slug: str) -> HttpResponse:
    """A partner steps the team back."""
    team = team_for(request, slug, Role.PARTNER)
    form = forms.StepBackForm(team, request.POST)

    def act() -> str:
        typed = form.cleaned_data
        moved = promotion.step_back(team, actor=reader(request), **typed)
        return _("%(team)s is back in %(stage)s.") % {"team": team, "stage": moved.to_stage}

    return submitted(request, team, form, act, name="step_back_form", anchor="main")
