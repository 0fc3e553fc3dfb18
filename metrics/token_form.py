"""What people type to make a token of the API."""

from datetime import timedelta

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lifecycle import clock
from metrics.forms import DayInput
from metrics.models import Token

#: Days after today that are proposed as the last one.
PROPOSED = 180


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A name, what it may do, and until when."""

    class Meta:
        model = Token
        fields = ["name", "scope", "expires_on"]
        widgets = {"expires_on": DayInput()}
        help_texts = {
            "name": _("What uses it, so that somebody knows later which one to end: “Nightly export of the forum”."),
            "expires_on": _("At most a year from today."),
        }

    def __init__(self, data: QueryDict | None = None) -> None:
        proposed = clock.today() + timedelta(days=PROPOSED)
        super().__init__(data, auto_id="token_%s", initial={"expires_on": proposed})
