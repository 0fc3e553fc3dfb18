"""What people type on the page of the case study. A form checks its shape; the rules are the verbs'."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from teams.case_studies.texts import Section
from teams.forms import OneOfSeveral, Words, area, day

#: Characters of one section.
LONGEST = 20_000


class TextForm(forms.Form):
    """A version of the text, a field a section; `seen` is the version from which it was written."""

    title = forms.CharField(label=_("Title"), max_length=200)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, sections: Sequence[Section], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [section.key for section in sections]
        for section in sections:
            widget = area(6)
            self.fields[section.key] = Words(label=section.label, required=False, max_length=LONGEST, widget=widget)

    def words(self) -> dict[str, str]:
        """What was typed, by section."""
        return {key: self.cleaned_data[key] for key in self.keys}


class PublishForm(OneOfSeveral):
    """Publishes the version that stands on the person's screen."""

    ids = "publish"
    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    agreed = forms.BooleanField(label=_("Whoever is named in it has agreed"), required=False)


class LinkForm(OneOfSeveral):
    """A link that shows the figures of a day."""

    ids = "link"
    day = forms.DateField(label=_("Figures as of"), initial=clock.today, widget=day())


class RecordForm(OneOfSeveral):
    """A case study that was published elsewhere."""

    ids = "record"
    title = forms.CharField(label=_("Title"), max_length=200)
    url = forms.URLField(
        label=_("Link"), max_length=500, assume_scheme="https", help_text=_("Where the published case study stands.")
    )
    on = forms.DateField(label=_("Published on"), initial=clock.today, widget=day())


class WithdrawalForm(forms.Form):
    """Withdraws a case study."""

    reason = Words(label=_("Reason"), max_length=1000)


class BadgeForm(forms.Form):
    """Makes the badge public, or no longer."""

    is_public = forms.BooleanField(required=False)
