"""What an edit of a definition changed, value by value, as the trail keeps it beside Django's own words."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.forms import BaseForm, Field, ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext as _

from lifecycle import editions
from lifecycle.criteria import plain

#: What was edited ("" for the page's own row), which field, the value before, the value after.
Row = tuple[str, str, str, str]
KEY = "values"


class Trailed:
    """Definitions of which the trail tells what stood there before an edit, and what stands there since."""

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """Before anything is written: who edits, for the editions of the definitions."""
        editions.edited_by(request.user.get_username())
        return super().save_form(request, form, change)  # type: ignore[misc]

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Django's list of what was added and changed, and at its end the values."""
        told = super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]
        return [*told, {KEY: list(rows_of(form, formsets or []))}]


def rows_of(form: BaseForm, formsets: Sequence[Any]) -> Iterator[Row]:
    """Each changed value of a page and of the rows on it."""
    yield from _rows("", form)
    for formset in formsets:
        for each in formset.forms:
            if each.has_changed():
                yield from _rows(f"{each.instance._meta.verbose_name} “{each.instance}”", each)


def _rows(what: str, form: BaseForm) -> Iterator[Row]:
    for name in form.changed_data:
        field = form.fields[name]
        before, after = form.get_initial_for_field(field, name), form.cleaned_data.get(name)
        yield what, str(field.label or name), word(field, before), word(field, after)


def word(field: Field, value: Any) -> str:
    """A value as its editor sees it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list | tuple | set):
        return ", ".join(word(field, each) for each in value)
    if isinstance(field, ModelChoiceField) and not isinstance(value, Model):
        value = field.queryset.filter(pk=value).first() if field.queryset is not None else value
    elif isinstance(value, Decimal):
        value = plain(value)
    return str(_labels(field).get(str(value), value))


def _labels(field: Field) -> dict[str, Any]:
    """The words of a field that offers some."""
    if isinstance(field, ModelChoiceField):
        return {}
    return {str(key): label for key, label in getattr(field, "choices", ())}
