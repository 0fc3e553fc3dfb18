"""What people type where a pathway's steps and conversion points are written: rows of one set."""

from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.text import get_text_list
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pathways.forms import KindsField
from pathways.models import CommunityRole, Level
from pathways.rules import LARGEST, MOST, Point, StepSpec


class RowForm(forms.Form):
    """A row that names kinds; all rows of a set share one list of them, read once."""

    def __init__(self, *args: Any, kinds: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = dict(kinds)
        cast("KindsField", self.fields["kinds"]).choices = kinds

    def ticked(self) -> str:
        """The kinds that are ticked, as words; empty when none is."""
        chosen = {str(kind) for kind in self["kinds"].value() or []}
        return get_text_list([label.lower() for kind, label in self.labels.items() if str(kind) in chosen], _now("or"))


class PointForm(RowForm):
    """One conversion point, as a sentence."""

    level = forms.TypedChoiceField(
        label=_("Level"),
        coerce=int,
        choices=[(level.value, level.label) for level in Level if level],
        initial=Level.CASUAL,
    )
    label = forms.CharField(label=_("Label"), max_length=80)
    kinds = KindsField(label=_("Kinds"), help_text=_("None ticked: any kind."))
    n = forms.IntegerField(label=_("Contributions"), min_value=1, max_value=LARGEST, initial=1)
    d = forms.IntegerField(label=_("Distinct days"), min_value=1, max_value=LARGEST, initial=1)
    m = forms.IntegerField(label=_("Distinct months"), min_value=1, max_value=LARGEST, initial=1)
    w = forms.IntegerField(label=_("Within days"), min_value=1, max_value=LARGEST, initial=365)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        help_text=_("None ticked: no role is asked for. Else only while one of these is confirmed."),
        choices=CommunityRole.Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @property
    def kinds_in_words(self) -> str:
        """What is ticked, for the closed list."""
        return self.ticked() or _now("any kind")

    @property
    def heading(self) -> str:
        """The level of a point that is there, or that this is a new one."""
        levels = {str(level.value): str(level.label) for level in Level}
        return levels.get(str(self["level"].value()), "") if self["label"].value() else _now("new point")

    @property
    def roles_in_words(self) -> str:
        """What is ticked, for the closed list; empty when nothing is."""
        names = dict(CommunityRole.Role.choices)
        return ", ".join(str(names.get(role, "?")) for role in self["roles"].value() or [])

    def value(self) -> Point:
        """The point as the verb's own argument."""
        return Point(**{name: self.cleaned_data[name] for name in Point.__dataclass_fields__})


class StepForm(RowForm):
    """One step; `id` names a step that is there."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=80)
    count = forms.IntegerField(label=_("Contributions"), min_value=1, max_value=LARGEST, initial=1)
    kinds = KindsField(label=_("Kinds"), help_text=_("None ticked: completed by hand."))

    @property
    def kinds_in_words(self) -> str:
        """What is ticked, for the closed list."""
        return self.ticked() or _now("by hand")

    def value(self) -> StepSpec:
        """The step as the verb's own argument."""
        data = self.cleaned_data
        return StepSpec(name=data["name"], kinds=data["kinds"], count=data["count"], id=data["id"])


PointFormSet: "type[BaseFormSet[PointForm]]" = formset_factory(
    PointForm, extra=1, can_delete=True, max_num=MOST, absolute_max=MOST
)
StepFormSet: "type[BaseFormSet[StepForm]]" = formset_factory(
    StepForm, extra=2, can_delete=True, can_order=True, max_num=MOST, absolute_max=MOST
)


class SeenForm(forms.Form):
    """The fingerprint of a set on the person's screen."""

    seen = forms.CharField(max_length=16, widget=forms.HiddenInput)
