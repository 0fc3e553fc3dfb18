"""What the portfolio is asked for."""

from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lifecycle.measures import Measure
from lifecycle.models import Criterion, Stage


class PortfolioForm(forms.Form):
    """What the portfolio is filtered and sorted by; it stands in the address."""

    SORTS = [
        ("gate", _("Closest to its gate")),
        ("stay", _("Longest in its stage")),
        ("silent", _("Longest silent")),
        ("active", _("Active contributors")),
        ("growth", _("Growth")),
        ("risks", _("High risks")),
        ("data", _("Oldest data")),
        ("name", _("Name")),
    ]
    MOVES = [("", _("Anybody")), ("you", _("You")), ("activator", _("Activator")), ("partner", _("CBT partner"))]

    team = forms.CharField(
        label=_("Team"), required=False, widget=forms.TextInput(attrs={"type": "search", "size": 14})
    )
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    move = forms.ChoiceField(label=_("Whose move"), required=False, choices=MOVES)
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=SORTS)
    lacks = forms.ChoiceField(label=_("Lacks"), required=False)
    flagged = forms.BooleanField(label=_("Only flagged"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.stages = list(Stage.objects.filter(retired=False))
        names = [(stage.slug, stage.short_name) for stage in self.stages]  # short, so that the filters fit one line
        cast("forms.ChoiceField", self.fields["stage"]).choices = [("", _("All stages")), *names]
        if data.get("lacks"):
            cast("forms.ChoiceField", self.fields["lacks"]).choices = [("", _("Anything")), *_conditions()]
        else:
            del self.fields["lacks"]  # a question that comes with a link from the insights: the others fill the line


def _conditions() -> list[tuple[str, str]]:
    """What a gate can lack, by the keys of its conditions. One query."""
    asked = Criterion.objects.filter(retired=False, stage__retired=False).order_by("stage__order", "order")
    told = [(key, str(Measure(measure).label)) for key, measure in asked.values_list("key", "measure")]
    return [("milestones", gettext("Milestones of the stage")), *dict(told).items()]
