"""Where a form that came back is read first: at the first field that has to change."""

from typing import Any

from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Widget


class ReadField(BoundField):
    """A field that takes the focus if it is the first at fault. Of several boxes none is more so than the others."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """Django's own, which already say that it is invalid and what describes it."""
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if self.form.is_bound and self.name == self._first_at_fault() and not widget.use_fieldset:
            built["autofocus"] = True
        return built

    def _first_at_fault(self) -> str | None:
        return next((name for name in self.form.fields if name in self.form.errors), None)


class Renderer(DjangoTemplates):
    """Of all forms: FORM_RENDERER."""

    bound_field_class = ReadField
