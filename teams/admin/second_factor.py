"""From whom a second factor is asked: the rules that were made, whom a new one would concern, and the form of it."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from teams import accounts, second_factor
from teams.admin.by_verb import AddedByVerb
from teams.models import SecondFactorRule
from teams.refusals import Refused
from teams.views.page import UNPROCESSABLE, reader

#: Days that the form begins with: time for whoever is on holiday.
DAYS = 14


class RuleForm(forms.Form):
    """Of whom, and how long they have."""

    of = forms.ChoiceField(label=gettext_lazy("Asked of"), choices=SecondFactorRule.AskedOf.choices)
    days = forms.IntegerField(
        label=gettext_lazy("Days to turn it on"),
        min_value=0,
        max_value=accounts.LONGEST,
        help_text=gettext_lazy(
            "Counted from today, for everybody. After them, whoever has none turns it on at once, before anything else."
        ),
    )


@admin.register(SecondFactorRule)
class SecondFactorRuleAdmin(AddedByVerb):
    """What was asked, by whom; never edited. A new rule takes the place of the one before."""

    list_display = ["asked_of", "due_on", "by", "at"]
    list_select_related = ["by"]

    def asked(self, request: HttpRequest) -> HttpResponse:
        """The rule in force, who has no second factor, and the form that makes a new rule."""
        form = RuleForm(request.POST if request.method == "POST" else None, initial={"days": DAYS})
        if not form.is_valid():
            return self._page(request, form)
        try:
            made = accounts.ask_second_factor(actor=reader(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.reason)
            return self._page(request, form)
        return self.added(request, made, _("From now on it is so. Whom it concerns has a mail."))

    def _page(self, request: HttpRequest, form: RuleForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ask for a second factor"),
            "opts": self.opts,
            "rule": second_factor.latest(),
            "lacking": second_factor.lacking(),
            "is_mine_on": second_factor.has(reader(request)),
            "form": form,
        }
        status = UNPROCESSABLE if form.errors else 200
        return TemplateResponse(request, "admin/teams/secondfactorrule/ask.html", context, status=status)
