"""What people type on the page of their account."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from teams.forms import OneOfSeveral, day
from teams.models import User


class NameForm(OneOfSeveral):
    """How everybody calls the account."""

    ids = "name"
    first_name = forms.CharField(
        label=_("First name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )


class AddressForm(OneOfSeveral):
    """Another address, by whoever knows the password: an address is the way to a new one."""

    ids = "address"
    email = forms.EmailField(
        label=_("New address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("A mail goes there; the address changes once you have opened the link in it."),
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """The account's own."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password."))
        return password


class AbsenceForm(OneOfSeveral):
    """From the first to the last day away."""

    ids = "absence"
    first = forms.DateField(label=_("First day away"), widget=day())
    last = forms.DateField(label=_("Last day away"), widget=day())
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=200,
        help_text=_("Your teams read it: who answers meanwhile, for instance."),
    )
