"""What the portfolio is asked for."""

from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lifecycle.models import Stage


class PortfolioForm(forms.Form):
    """What the portfolio is filtered and sorted by; it stands in the address."""

    SORTS = [
        ("gate", _("Closest to its gate")),
        ("silent", _("Longest silent")),
        ("growth", _("Growth")),
        ("name", _("Name")),
    ]
    MOVES = [("", _("Anybody")), ("you", _("You")), ("activator", _("Activator")), ("partner", _("CBT partner"))]

    team = forms.CharField(
        label=_("Team"), required=False, widget=forms.TextInput(attrs={"type": "search", "size": 14})
    )
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    move = forms.ChoiceField(label=_("Whose move"), required=False, choices=MOVES)
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=SORTS)
    flagged = forms.BooleanField(label=_("Only flagged"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.stages = list(Stage.objects.filter(retired=False))
        names = [(stage.slug, stage.short_name) for stage in self.stages]  # short, so that the filters fit one line
        cast("forms.ChoiceField", self.fields["stage"]).choices = [("", _("All stages")), *names]
