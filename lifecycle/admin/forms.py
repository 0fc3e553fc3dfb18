"""Validation of definitions, with errors for somebody who does not program."""

from collections import Counter
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet, BaseModelFormSet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifecycle.criteria import faults, plain
from lifecycle.models import Criterion, Stage
from lifecycle.models.definitions import Item

BEHIND = gettext_lazy("Empty: behind the others.")


class StageOrderForm(forms.ModelForm):  # type: ignore[type-arg]  # generic to the type checker only
    """A row of the list of stages. Its number is checked with those of the other rows, not on its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The list has no label for it: the head of its column is none to a screen reader.
        self.fields["order"].widget.attrs["aria-label"] = _("Order of %(stage)s") % {"stage": self.instance}

    def _get_validation_exclusions(self) -> set[str]:
        # Alone, a row cannot know that the stage whose number it takes is moving away.
        return {*super()._get_validation_exclusions(), "order"}  # type: ignore[misc]  # Django's own hook, untyped


class StageOrderFormSet(BaseModelFormSet):  # type: ignore[type-arg]
    """The numbers of all stages in use: 1, 2, 3 ... without a gap, none twice."""

    def validate_unique(self) -> None:
        """Said in `clean`, in plainer words."""

    def clean(self) -> None:
        """Refuse numbers that leave a gap or stand twice."""
        numbers: dict[str, int] = {
            form.instance.name: form.cleaned_data.get("order") or 0 for form in self.forms if not form.instance.retired
        }
        twice = [number for number, times in Counter(numbers.values()).items() if times > 1]
        missing = sorted(set(range(1, len(numbers) + 1)) - set(numbers.values()))
        if not twice and not missing:
            return
        said = [
            _("%(number)s stands twice (%(stages)s)")
            % {"number": number, "stages": ", ".join(name for name, each in numbers.items() if each == number)}
            for number in twice
        ]
        said += [_("%(number)s is missing") % {"number": number} for number in missing]
        raise ValidationError(
            _("Number the stages 1 to %(last)s, without a gap and none twice: %(faults)s.")
            % {"last": len(numbers), "faults": "; ".join(said)}
        )


class StageForm(forms.ModelForm):  # type: ignore[type-arg]
    """One stage. Its number is given by the list of stages, and the last one is found by itself."""

    class Meta:
        model = Stage
        fields = [
            "slug",
            "name",
            "short_name",
            "definition",
            "competence",
            "measure_of_success",
            "activator_title",
            "activator_needs_support",
            "editor_note",
            "retired",
        ]


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]
    """One item of a facet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].required = False
        self.fields["order"].help_text = BEHIND
        if not self.instance.pk:
            self.initial.pop("order", None)
            self.fields["order"].initial = None
        if "parent" in self.fields:
            self.fields["parent"].error_messages["invalid_choice"] = _(
                "Choose an item of this stage that is not itself part of another one."
            )

    def clean(self) -> dict[str, Any]:
        """One level of children, no more."""
        cleaned = super().clean() or self.cleaned_data
        parent = cleaned.get("parent")
        if parent is None or not self.instance.pk:
            return cleaned
        if parent.pk == self.instance.pk:
            self.add_error("parent", _("An item cannot be part of itself."))
        elif self.instance.children.exists():
            self.add_error("parent", _("This item has parts of its own, so it cannot be part of another one."))
        return cleaned


class CriterionForm(ItemForm):
    """One criterion: a threshold that makes sense for its measure."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.threshold is not None:
            self.initial["threshold"] = Decimal(plain(self.instance.threshold))

    def clean(self) -> dict[str, Any]:
        """Put what is wrong beside the field that it is about."""
        cleaned = super().clean()
        asked = ("measure", "operator", "threshold", "window_days", "strength")
        candidate = Criterion(**{name: cleaned[name] for name in asked if cleaned.get(name) is not None})
        for name, fault in faults(candidate).items():
            if name not in self.errors:
                self.add_error(name, fault)
        return cleaned


class ItemFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The items of one facet of one stage. `fixed` are values that every item of the facet has."""

    fixed: dict[str, str] = {}

    def clean(self) -> None:
        """Refuse a number that stands twice; number what has none; name what is new."""
        super().clean()
        asked = [form for form in self.forms if form not in self.extra_forms or form.has_changed()]
        in_use = [form for form in asked if not form.cleaned_data.get("retired")]
        numbers = Counter(form.cleaned_data.get("order") for form in in_use)
        for form in in_use:
            number = form.cleaned_data.get("order")
            if number is not None and numbers[number] > 1:
                form.add_error("order", _("%(number)s stands twice in this list.") % {"number": number})
        highest = max((number for number in numbers if number is not None), default=0)
        for form in asked:
            if form.cleaned_data.get("order") is None:
                highest += 1
                form.instance.order = highest

    def save_new(self, form: Any, commit: bool = True) -> Any:
        """A new item gets a key of its own, for ever."""
        item: Item = form.instance
        for name, value in self.fixed.items():
            setattr(item, name, value)
        item.key = self._free_key(item.text)
        return super().save_new(form, commit)

    def _free_key(self, text: str) -> str:
        model: type[Any] = type(self.forms[0].instance)
        taken = set(model._default_manager.filter(stage=self.instance).values_list("key", flat=True))
        taken |= {each.key for each in getattr(self, "new_objects", [])}
        stem = slugify(text)[:50].strip("-") or "item"
        keys = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
        return next(key for key in keys if key not in taken)
