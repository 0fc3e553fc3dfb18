"""What the portfolio is asked for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lifecycle.models import Stage


class StageField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the type checker only
    """A choice of stages by their short names, so that the filters fit one line."""

    def label_from_instance(self, obj: Stage) -> str:
        """The short name."""
        return obj.short_name


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
    stage = StageField(
        Stage.objects.filter(retired=False),
        label=_("Stage"),
        required=False,
        to_field_name="slug",
        empty_label=_("All stages"),
    )
    move = forms.ChoiceField(label=_("Whose move"), required=False, choices=MOVES)
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=SORTS)
    flagged = forms.BooleanField(label=_("Only flagged"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)
