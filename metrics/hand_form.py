"""What somebody types to enter one contribution by hand."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from metrics.forms import DayInput, counting_kinds
from metrics.hand import Act
from metrics.models import Source
from metrics.questions import no_earlier
from pathways import presence
from pathways.listing import CALLED
from pathways.models import Contributor, Kind

#: People among whom one can be chosen; whoever finds more types more of the name.
SHOWN = 12


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """People with the number of their page: two may have the same name."""

    def label_from_instance(self, obj: Contributor) -> str:
        """Name and number."""
        return f"{obj.name} (#{obj.pk})"


class EntryForm(forms.Form):
    """Who, what and when, and who or what vouches for it.

    `person` is looked for among the team's contributors when the form is sent; where several are called so, they are
    shown to be chosen from, and nothing typed is lost.
    """

    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    person = forms.CharField(
        label=_("Who"),
        max_length=200,
        required=False,
        help_text=_("Somebody who takes part: the name or a part of it, or #number. Leave empty for somebody new."),
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    contributor = PersonField(
        Contributor.objects.none(), label=_("Which of them"), required=False, widget=forms.RadioSelect, empty_label=None
    )
    name = forms.CharField(label=_("Or a new name"), max_length=200, required=False)
    email = forms.EmailField(label=_("and e-mail"), max_length=254, required=False)
    kind = forms.ModelChoiceField(Kind.objects.none(), label=_("What it was"), empty_label=None)
    day = forms.DateField(label=_("Day"), initial=clock.today, widget=DayInput(), help_text=_("A day of UTC."))
    what = forms.CharField(label=_("In a few words"), max_length=200, required=False)
    link = forms.CharField(label=_("Link"), max_length=500, required=False)
    witness = forms.CharField(
        label=_("Witness"),
        max_length=200,
        required=False,
        help_text=_("Who has seen it. A link or a witness is wanted."),
    )

    def __init__(self, data: QueryDict | None = None, *, source: Source) -> None:
        super().__init__(data, auto_id="entry_%s", initial={"kind": source.default_kind_id})
        kind, choice = self.fields["kind"], self.fields["contributor"]
        assert isinstance(kind, forms.ModelChoiceField)  # noqa: S101
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        kind.queryset = counting_kinds()
        self._people = presence.of_team(source.team).filter(is_bot=False, erased_at=None).order_by(CALLED, "pk")
        self._found = self._sought(str(data.get("person", "")).strip() if data else "")
        if len(self._found) > 1:
            choice.queryset = self._people.filter(pk__in=[each.pk for each in self._found])
        else:
            del self.fields["contributor"]

    def _sought(self, words: str) -> list[Contributor]:
        """Those who may be meant: the one of that number or very name, else all whose name holds the words."""
        number = words.removeprefix("#")
        if not words or "\0" in words:
            return []
        if number.isascii() and number.isdecimal() and len(number) < 10:
            return list(self._people.filter(pk=int(number)))
        exact = list(self._people.filter(name__iexact=words)[:SHOWN])
        return exact or list(self._people.filter(Q(name__icontains=words))[:SHOWN])

    def clean_day(self) -> Any:
        """Not a day before 1970."""
        return no_earlier(self.cleaned_data["day"])

    def clean(self) -> dict[str, Any]:
        """One person, known or new."""
        said = super().clean() or {}
        if "key" in self.errors:  # nobody sees that field
            self.add_error(None, _("This page was out of date. Load it again."))
        words, is_new = said.get("person"), bool(said.get("name") or said.get("email"))
        if words and is_new:
            self.add_error("person", _("Either somebody known or somebody new: leave one of the two empty."))
        elif words and not self._found:
            self.add_error("person", _("Nobody of the team is called so. Tell a new name or e-mail below."))
        elif len(self._found) > 1 and not said.get("contributor"):
            self.add_error("contributor", _("Several people are called so. Choose one, or tell more of the name."))
        elif not words and not is_new:
            self.add_error("person", _("Tell who did it."))
        return said

    def act(self) -> Act:
        """What was said."""
        said = self.cleaned_data
        known = said.get("contributor") or next(iter(self._found), None)
        told = {name: said[name] for name in ("name", "email", "kind", "day", "what", "link", "witness")}
        return Act(contributor=known, **told)
