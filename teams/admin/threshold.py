"""The threshold of the contribution jump: what teams have shown, the proposal, and its adoption by an admin."""

from copy import copy
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifecycle.criteria import plain
from lifecycle.measures import Strength
from lifecycle.models import Criterion, Milestone
from teams import gates, thresholds
from teams.admin.by_verb import AddedByVerb
from teams.models import Adoption
from teams.refusals import Conflict, Refused
from teams.thresholds import Proposal
from teams.views.page import CONFLICT, UNPROCESSABLE, reader


class AdoptionForm(forms.ModelForm):  # type: ignore[type-arg]
    """The number, how much it weighs, and why it is another than the proposed one, if it is."""

    seen = forms.DecimalField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Adoption
        fields = ["threshold", "strength", "reason"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})}
        help_texts = {"reason": gettext_lazy("Needed where the number is another than the proposed one.")}


@admin.register(Adoption)
class AdoptionAdmin(AddedByVerb):
    """What was adopted, by whom, from what; never edited. A new adoption takes the place of the one before."""

    list_display = ["criterion", "threshold", "strength", "proposed", "by", "at"]
    list_select_related = ["criterion", "by"]

    def asked(self, request: HttpRequest) -> HttpResponse:
        """The proposal with what it rests on, and the form that adopts it."""
        criterion, proposal = thresholds.undefined(), thresholds.proposal()
        if request.method != "POST" or criterion is None:
            initial = {"threshold": proposal.threshold, "seen": proposal.threshold}
            return self._page(request, criterion, proposal, AdoptionForm(initial=initial))
        form = AdoptionForm(request.POST)
        if not form.is_valid():
            return self._page(request, criterion, proposal, form, status=UNPROCESSABLE)
        if request.POST.get("tried") != _named(**_chosen(form, proposal)):
            form.add_error(None, _("Read above what this does to the gates, then adopt it."))
            return self._page(request, criterion, proposal, form, status=UNPROCESSABLE)
        try:
            adopted = thresholds.adopt(criterion, actor=reader(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
            return self._page(request, criterion, proposal, form, status=UNPROCESSABLE)
        except Conflict as conflict:
            form.add_error(None, conflict.reason)
            form.data = request.POST.copy() | {"seen": str(conflict.current.threshold)}
            return self._page(request, criterion, conflict.current, form, status=CONFLICT)
        return self.added(request, adopted, _("Adopted. The gates ask for it from now on."))

    def _page(
        self,
        request: HttpRequest,
        criterion: Criterion | None,
        proposal: Proposal,
        form: AdoptionForm,
        status: int = 200,
    ) -> HttpResponse:
        chosen = _chosen(form, proposal)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Adopt a threshold"),
            "opts": self.opts,
            "criterion": criterion,
            "in_force": thresholds.latest(criterion) if criterion else None,
            "proposal": proposal,
            "wanted": thresholds.TEAMS_FOR_A_THRESHOLD,
            "form": form,
            "tried": _named(**chosen),
            "tried_number": chosen["threshold"],
            "tried_strength": Strength(chosen["strength"]).label,
            "changes": _changes(criterion, **chosen),
        }
        return TemplateResponse(request, "admin/teams/adoption/adopt.html", context, status=status)


def _chosen(form: AdoptionForm, proposal: Proposal) -> dict[str, Any]:
    """The number and how much it weighs that the admin has typed; before that the proposed one, required."""
    typed = getattr(form, "cleaned_data", {})
    return {
        "threshold": typed.get("threshold") or proposal.threshold,
        "strength": typed.get("strength") or Strength.REQUIRED.value,
    }


def _named(threshold: Decimal | None, strength: str) -> str:
    """What a page has shown the effect of, as its form sends it back: nobody adopts what they have not seen."""
    return f"{strength} {threshold.normalize():f}" if threshold else ""


def _changes(criterion: Criterion | None, threshold: Decimal | None, strength: str) -> list[gates.Change]:
    """The gates that a number of such weight would change."""
    if criterion is None or threshold is None:
        return []
    edited = copy(criterion)
    edited.threshold, edited.strength = Decimal(plain(threshold)), strength
    others = Criterion.objects.filter(stage=criterion.stage, retired=False).exclude(pk=criterion.pk)
    milestones = Milestone.objects.filter(stage=criterion.stage, retired=False)
    return gates.preview(criterion.stage, [*others, edited], list(milestones))
