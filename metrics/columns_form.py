"""The form in which a person says what the columns of a table hold."""

from typing import Final
from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from metrics.columns import Preview
from metrics.models import Source
from metrics.sources import Options
from metrics.sources.days import DAY_FIRST, MONTH_FIRST
from metrics.sources.dialects import WHOLE_ROW

LABELS: Final = {
    "external_id": _("What tells one contribution from another"),
    "date": _("When: a date or a time"),
    "timestamp": _("When: Unix seconds"),
    "name": _("Who: a name"),
    "email": _("Who: an e-mail address"),
    "username": _("Who: an account"),
    "kind": _("Kind of contribution"),
}
HELP: Final = {
    "external_id": _("A number or a link that no two rows share, so that a file can safely come again."),
    "name": _("One of name, e-mail and account is enough; the more are told, the surer people are known again."),
}
#: How to read a day is asked beside the column that holds it.
ORDER: Final = ("external_id", "date", "days", *(field for field in LABELS if field not in {"external_id", "date"}))


class ColumnsForm(forms.Form):
    """A choice of columns for each field, how its days are written, and what no column tells of."""

    days = forms.ChoiceField(
        label=_("Days are written"),
        required=False,
        choices=[
            ("", _("year first, as 2026-02-28")),
            (DAY_FIRST, _("day first, as 28.02.2026 or 28/2/2026")),
            (MONTH_FIRST, _("month first, as 2/28/2026")),
        ],
    )

    all_by = forms.CharField(
        label=_("All by one person: name"),
        max_length=200,
        required=False,
        help_text=_("For a file that names nobody, as the posts of one person."),
    )
    all_by_email = forms.CharField(label=_("Their e-mail address"), max_length=254, required=False)
    all_by_username = forms.CharField(label=_("Their account"), max_length=120, required=False)
    zone = forms.ChoiceField(
        label=_("Times without a zone are in"),
        required=False,
        help_text=_("Not chosen: a time that does not tell its offset from UTC is refused."),
    )

    def __init__(self, data: QueryDict | None = None, *, preview: Preview, source: Source) -> None:
        super().__init__(data, auto_id="columns_%s")
        self._leave_out = {column: sorted(texts) for column, texts in preview.guess.leave_out.items()}
        kept = source.options.columns
        names = [(name, name) for name in preview.header if name.strip()]
        known = {WHOLE_ROW, *preview.header}
        for field, label in LABELS.items():
            whole = [(WHOLE_ROW, _("no column: rows that are alike in every cell are one"))]
            self.fields[field] = forms.ChoiceField(
                label=label,
                required=field == "external_id",
                choices=[("", "—"), *(whole if field == "external_id" else []), *names],
                help_text=HELP.get(field, ""),
                initial=kept[field] if kept.get(field) in known else preview.guess.columns.get(field, ""),
            )
        self.fields["days"].initial = source.options.days or preview.days
        zone = self.fields["zone"]
        assert isinstance(zone, forms.ChoiceField)  # noqa: S101
        zone.choices = [("", "—"), *((name, name.replace("_", " ")) for name in sorted(available_timezones()))]
        zone.initial = source.zone or ("UTC" if preview.guess.is_utc else "")
        self.order_fields([*ORDER, "all_by", "all_by_email", "all_by_username", "zone"])

    @property
    def of_columns(self) -> list[forms.BoundField]:
        """Which column holds what."""
        return [self[name] for name in ORDER]

    @property
    def of_all(self) -> list[forms.BoundField]:
        """What holds for all rows alike."""
        return [self[name] for name in (*_ALL_BY, "zone")]

    def clean(self) -> dict[str, object] | None:
        """Who and when have to be told."""
        said = self.cleaned_data
        if not any(said.get(field) for field in ("name", "email", "username", *_ALL_BY)):
            self.add_error("name", _("Say who did it: choose a column, or name one person below."))
        if not (said.get("date") or said.get("timestamp")):
            self.add_error("date", _("Say when it was: choose a column."))
        return said

    def reading(self) -> dict[str, object]:
        """What the source remembers."""
        said = self.cleaned_data
        return {
            "days": said["days"],
            "columns": {field: said[field] for field in LABELS if said.get(field)},
            "all_by": [said[field] for field in _ALL_BY],
            "leave_out": self._leave_out,
        }

    def options(self) -> Options:
        """The same, as the reader of the file takes it."""
        return Options.of(self.reading(), zone=self.cleaned_data["zone"])


_ALL_BY: Final = ("all_by", "all_by_email", "all_by_username")
