"""Teams and memberships. Stages change by decisions only, memberships by their verbs."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.admin.base import Kept
from lifecycle.models import Stage
from teams import people, promotion
from teams.models import Membership, Role, Team, User
from teams.refusals import Conflict


@admin.register(Team)
class TeamAdmin(Kept, admin.ModelAdmin):  # type: ignore[type-arg]
    """A team is founded here, paused or retired; its stage is moved on its dashboard."""

    list_display = ["name", "stage", "entered_on", "state"]
    list_filter = ["state", "stage"]
    search_fields = ["name", "slug"]
    fields = ["name", "slug", "about", "stage", "entered_on", "state"]

    def get_form(self, request: HttpRequest, obj: Team | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Says what the address is for. Stages are edited on their own page, not in passing."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            form.base_fields["slug"].help_text = _("Its page will be at /teams/ADDRESS/. It stays as it is, for ever.")
            stage = form.base_fields["stage"].widget
            stage.can_add_related = stage.can_change_related = stage.can_view_related = False
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Team | None = None) -> list[str]:
        """An address is for ever; the stage belongs to the decisions."""
        return ["slug", "stage", "entered_on"] if obj else ["state"]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Team | None = None) -> dict[str, Any]:
        """The address follows the name while both are typed."""
        return {} if obj else {"slug": ["name"]}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new team begins in the first stage, today, unless somebody knows better."""
        return {"stage": Stage.objects.first(), "entered_on": clock.today()}

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        """Found a team with its entry into a stage, or write the edited fields and no others."""
        if change:
            obj.save(update_fields=form.changed_data)
            return
        founded = promotion.found(
            name=obj.name,
            slug=obj.slug,
            about=obj.about,
            stage=obj.stage,
            on=obj.entered_on,
            actor=cast("User", request.user),
        )
        obj.pk = founded.pk

    def response_post_save_add(self, request: HttpRequest, obj: Team) -> HttpResponseRedirect:
        """On to the new team's own page: it says what comes first."""
        return HttpResponseRedirect(obj.get_absolute_url())


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """A role for an account that works, once."""

    class Meta:
        model = Membership
        fields = ["team", "user", "role", "is_deputy", "starts_on", "ends_on"]

    def clean(self) -> dict[str, Any]:
        """Say in words what the verbs would refuse."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk:
            ends_on = cleaned.get("ends_on")
            if ends_on and ends_on < self.instance.starts_on:
                self.add_error("ends_on", _("It cannot end before it began."))
            return cleaned
        user, role = cleaned.get("user"), cleaned.get("role")
        if user and not user.is_active:
            self.add_error("user", _("This account has been closed."))
        if role == Role.VIEWER and cleaned.get("is_deputy"):
            self.add_error("is_deputy", _("A viewer needs no deputy."))
        held = Membership.objects.filter(team=cleaned.get("team"), user=user, role=role, ends_on=None)
        if held.exists():
            self.add_error("user", _("%(person)s holds this role already.") % {"person": user})
        return cleaned


@admin.register(Membership)
class MembershipAdmin(Kept, admin.ModelAdmin):  # type: ignore[type-arg]
    """Appoint and end. An activator or a partner accepts on their own account page."""

    form = MembershipForm
    list_display = ["user", "team", "role", "is_deputy", "starts_on", "ends_on", "accepted_at"]
    list_filter = ["role", "team"]
    list_select_related = ["user", "team"]
    search_fields = ["user__username", "user__email", "team__name"]
    autocomplete_fields = ["team", "user"]

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        """A new one has no end, an old one tells who appointed and whether it was accepted."""
        told = ["team", "user", "role", "is_deputy", "starts_on"]
        return [*told, "accepted_at", "appointed_by", "ends_on"] if obj else told

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        """Only the end can be set, and only once."""
        if obj is None:
            return []
        told = ["team", "user", "role", "is_deputy", "starts_on", "accepted_at", "appointed_by"]
        return [*told, "ends_on"] if obj.ends_on else told

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Through the verbs of `teams/people.py`, the only writer."""
        actor = cast("User", request.user)
        try:
            if not change:
                obj.pk = people.appoint(
                    obj.team,
                    actor=actor,
                    user=obj.user,
                    role=Role(obj.role),
                    starts_on=obj.starts_on,
                    is_deputy=obj.is_deputy,
                ).pk
            elif "ends_on" in form.changed_data:
                people.end(Membership.objects.get(pk=obj.pk), actor=actor, on=obj.ends_on)
        except Conflict as conflict:
            obj.pk = conflict.current.pk
            self.message_user(request, conflict.reason, messages.ERROR)
