"""The queue of readers' suggestions."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lifecycle import desk
from lifecycle.admin.base import ReadOnly
from lifecycle.models import Suggestion
from lifecycle.suggestions import Refused, accept, decline


class AnswerForm(ActionForm):
    """The action, and the answer that goes with it."""

    answer = forms.CharField(label=gettext_lazy("Answer to its author:"), required=False)


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Read, then accept or decline; what is accepted is written into the definition by hand."""

    list_display = ["text", "stage", "facet", "author", "created_at", "state", "answer"]
    list_filter = ["state", "stage", "facet"]
    search_fields = ["text", "author"]
    date_hierarchy = "created_at"
    actions = ["accept", "decline"]
    action_form = AnswerForm

    @admin.action(description=gettext_lazy("Accept"), permissions=["view"])
    def accept(self, request: HttpRequest, chosen: QuerySet[Suggestion]) -> None:
        """Take the chosen ones up."""
        self._answer(request, chosen, accept)

    @admin.action(description=gettext_lazy("Decline, with an answer"), permissions=["view"])
    def decline(self, request: HttpRequest, chosen: QuerySet[Suggestion]) -> None:
        """Do not take the chosen ones up, and say why."""
        self._answer(request, chosen, decline)

    def _answer(self, request: HttpRequest, chosen: QuerySet[Suggestion], verb: Callable[..., None]) -> None:
        answered = 0
        for suggestion in chosen:
            try:
                verb(suggestion, answer=request.POST.get("answer", ""))
            except Refused as refusal:
                self.message_user(request, f"“{suggestion}”: {refusal}", messages.ERROR)
            else:
                answered += 1
                self.log_change(request, suggestion, _("Answered: %(state)s") % {"state": suggestion.state})
        if answered:
            said = ngettext("%(count)s suggestion answered.", "%(count)s suggestions answered.", answered)
            self.message_user(request, said % {"count": answered}, messages.SUCCESS)


@desk.asks
def unanswered() -> desk.Waiting:
    """Of readers of the guide."""
    n = Suggestion.objects.filter(state=Suggestion.State.NEW).count()
    words = ngettext("%(n)s suggestion waits for an answer", "%(n)s suggestions wait for an answer", n)
    return desk.Waiting(n, words % {"n": n}, f"{reverse('admin:lifecycle_suggestion_changelist')}?state__exact=new")
