"""Accounts: made, closed and opened again by admins."""

from typing import Any, Final

from allauth.account import admin as addresses
from allauth.mfa import admin as factors
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifecycle.admin.base import Kept, called
from teams import accounts, letters, second_factor
from teams.letters import FORGOTTEN, WELCOME
from teams.models import Membership, User

admin.site.unregister(Group)
admin.site.unregister(addresses.EmailAddress)  # an account has one address, its own
admin.site.unregister(factors.Authenticator)  # it holds secrets; what an admin may do is an action of the account


class SecondFactorFilter(admin.SimpleListFilter):
    """Whether the second factor is on."""

    title = gettext_lazy("second factor")
    parameter_name = "second_factor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """On or off."""
        return [("on", _("On")), ("off", _("Off"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[User]") -> "QuerySet[User]":
        """Those of one sort."""
        if self.value() is None:
            return queryset
        return queryset.filter(second_factor.is_on() if self.value() == "on" else ~second_factor.is_on())


LABELS: Final = {"is_active": gettext_lazy("Open"), "is_staff": gettext_lazy("Admin")}
HELP: Final = {
    "username": gettext_lazy("Letters, digits and @ . + - _; the address logs in as well."),
    "is_active": gettext_lazy("A closed account logs in no more and gets no mails; what it did stays under its name."),
    "is_staff": gettext_lazy("Sees all teams, edits the definitions, and manages accounts."),
}


class NewAccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """An account whose owner chooses the password: no admin ever knows it."""

    class Meta:
        model = User
        fields = ["username", "email", "first_name", "last_name", "is_staff"]
        labels = LABELS
        help_texts = HELP | {"email": gettext_lazy("A mail goes there, by which the owner chooses a password.")}

    def save(self, commit: bool = True) -> User:
        """Without a password until then."""
        self.instance.set_unusable_password()
        made: User = super().save(commit)
        return made


class AccountForm(UserChangeForm):  # type: ignore[type-arg]
    """An account; nobody takes the admin's rights from themselves, so that there is always one."""

    editor_id: int | None = None

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "is_active", "is_staff"]
        labels = LABELS
        help_texts = HELP

    def clean(self) -> dict[str, Any]:
        """Refuse to close or demote one's own account."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk == self.editor_id:
            for name in ("is_active", "is_staff"):
                if not cleaned.get(name):
                    self.add_error(name, ValidationError(_("Not from yourself: ask another admin to do this.")))
        return cleaned


class RoleInline(admin.TabularInline):  # type: ignore[type-arg]
    """The account's roles, to be read; they are given and ended on the team's own page or under memberships."""

    model = Membership
    fk_name = "user"
    fields = ["team", "role", "is_deputy", "starts_on", "ends_on", "accepted_at"]
    readonly_fields = ["team", "role", "is_deputy", "starts_on", "ends_on", "accepted_at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Elsewhere."""
        return False


@admin.register(User)
class AccountAdmin(Kept, UserAdmin):  # type: ignore[type-arg]
    """Accounts are closed, not deleted: what they did stays theirs."""

    form = AccountForm
    add_form = NewAccountForm
    add_form_template = None
    list_display = ["username", "name", "email", "standing", "is_an_admin", "is_safe", "last_login"]
    list_filter = [
        ("is_active", called(gettext_lazy("open account"))),
        ("is_staff", called(gettext_lazy("admin"))),
        SecondFactorFilter,
        "memberships__role",
    ]
    fieldsets = [
        (gettext_lazy("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (gettext_lazy("Rights"), {"fields": ["is_active", "is_staff"]}),
        (gettext_lazy("Logging in"), {"fields": ["username", "ways_in", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "first_name", "last_name", "username", "is_staff"]})]
    filter_horizontal = ()
    readonly_fields = ["ways_in", "last_login", "date_joined"]
    actions = ["send_link", "forget_second_factor"]

    @admin.display(description=gettext_lazy("name"), ordering="last_name")
    def name(self, user: User) -> str:
        """As pages call the person."""
        return user.get_full_name()

    @admin.display(description=gettext_lazy("account"), ordering="is_active")
    def standing(self, user: User) -> str:
        """Whether it was closed."""
        return _("open") if user.is_active else _("closed")

    @admin.display(description=gettext_lazy("rights"), ordering="is_staff")
    def is_an_admin(self, user: User) -> str:
        """Who may do all that is done here; what others may is told by their roles."""
        return _("admin") if user.is_admin else ""

    def get_queryset(self, request: HttpRequest) -> "QuerySet[User]":
        """With whether the second factor is on."""
        found: QuerySet[User] = super().get_queryset(request)
        return found.annotate(is_on=second_factor.is_on())

    @admin.display(description=gettext_lazy("second factor"), ordering="is_on")
    def is_safe(self, user: User) -> str:
        """Whether it is asked for at the log-in."""
        return _("on") if user.is_on else _("off")  # type: ignore[attr-defined]  # annotated

    @admin.display(description=gettext_lazy("password and second factor"))
    def ways_in(self, user: User) -> str:
        """What it takes to log in; who has trouble with it is helped by the actions of the list."""
        chosen = _("A password is chosen") if user.has_usable_password() else _("No password is chosen yet")
        second = _("the second factor is on") if second_factor.has(user) else _("the second factor is off")
        return f"{chosen}, {second}."

    @admin.action(description=gettext_lazy("Send a link to a new password"))
    def send_link(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        """To the addresses of the chosen accounts; closed ones get none."""
        for user in queryset:
            letters.ask(user, FORGOTTEN)
            self.log_change(request, user, _("Sent a link to a new password."))
        self.message_user(request, _("The links are on their way. Each is good for a day, and once."), messages.SUCCESS)

    @admin.action(description=gettext_lazy("Take the second factor away (telephone lost)"))
    def forget_second_factor(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        """For whoever can no longer log in; written in the account's own history."""
        for user in queryset:
            accounts.forget_second_factor(user)
            self.log_change(request, user, _("Took the second factor away."))
        self.message_user(request, _("The password alone logs in again."), messages.WARNING)

    def get_urls(self) -> list[URLPattern]:
        """Without Django's page on which one types a password for somebody else."""
        return [address for address in super().get_urls() if address.name != "auth_user_password_change"]

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        """Roles of an account that there is."""
        return [RoleInline] if obj else []

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Tell the form who is editing."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.editor_id = request.user.pk  # type: ignore[attr-defined]  # a class made for this request alone
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """An admin holds all of Django's own permissions: there is one kind of admin."""
        obj.is_superuser = obj.is_staff
        super().save_model(request, obj, form, change)
        if not change:
            letters.ask(obj, WELCOME)
