"""What people type about people: invitations, hand-overs, answers, a new account."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from teams.forms import PASSWORD_RULES, OneOfSeveral, Words, area
from teams.invitations import Offer
from teams.models import Invitation, Membership, Role, User
from teams.sign_up import Newcomer


class InviteForm(OneOfSeveral):
    """Invites an address. Whether it has an account is not told, and makes no difference."""

    ids = "invite"
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("A mail goes there with a link that is good for 14 days. Who has no account makes one by it."),
    )
    role = forms.ChoiceField(label=_("Role"))
    is_deputy = forms.BooleanField(
        label=_("As deputy"),
        required=False,
        help_text=_("A deputy may do all that the holder may, and is named first while the holder is away."),
    )
    note = Words(label=_("A word to the person"), required=False, max_length=2000, widget=area(2))

    def __init__(self, roles: Iterable[Role], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["role"]).choices = [(role.value, role.label) for role in roles]

    def offer(self) -> Offer:
        """What was typed, as the verb wants it."""
        told = self.cleaned_data
        return Offer(told["email"], Role(told["role"]), told["is_deputy"], told["note"])


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of people, by their names."""

    def label_from_instance(self, obj: Membership) -> str:
        """The person alone: what they are now is not asked."""
        return str(obj.user)


class HandOverForm(OneOfSeveral):
    """To whom a role passes: somebody of the team, or an address."""

    ids = "hand_over"
    member = MemberField(
        Membership.objects.none(), label=_("Somebody of the team"), required=False, empty_label=_("nobody of these")
    )
    email = forms.EmailField(
        label=_("Or an e-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    note = Words(
        label=_("A word to the next holder"),
        required=False,
        max_length=2000,
        help_text=_("What they should know first. It goes into the mail."),
    )

    def __init__(self, held: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Membership.objects.current().filter(team=held.team).exclude(user=held.user)
        once = others.order_by("user", "pk").distinct("user")
        members = Membership.objects.filter(pk__in=once.values("pk")).select_related("user")
        cast("MemberField", self.fields["member"]).queryset = members

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("member")) == bool(cleaned.get("email")) and not self.errors:
            raise ValidationError(_("Choose somebody of the team, or write an address."))
        return cleaned

    def address(self) -> str:
        """Where the mail goes."""
        member: Membership | None = self.cleaned_data["member"]
        return member.user.email if member else str(self.cleaned_data["email"])


class AnswerForm(forms.Form):
    """A person's answer to an appointment or an invitation."""

    ACCEPT, DECLINE = "accept", "decline"
    answer = forms.ChoiceField(choices=[(ACCEPT, _("accept")), (DECLINE, _("decline"))])


class NewcomerForm(OneOfSeveral):
    """The account that an invited person makes; its address is the one that was invited."""

    ids = "newcomer"
    first_name = forms.CharField(
        label=_("First name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_RULES,
    )
    again = forms.CharField(
        label=_("The password again"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, invitation: Invitation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        """The project's own rules for passwords, and both the same."""
        cleaned = super().clean() or self.cleaned_data
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", _("These are two different passwords."))
        if password:
            names = {name: cleaned.get(name, "") for name in ("first_name", "last_name")}
            try:
                validate_password(password, User(email=self.invitation.email, **names))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def newcomer(self) -> Newcomer:
        """Who it is, as the verb wants it."""
        told = self.cleaned_data
        return Newcomer(told["first_name"], told["last_name"], told["password"])
