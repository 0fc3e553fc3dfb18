"""The organisation's registries: kinds, default conversion points, funnels, affiliation rules."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lifecycle import desk
from lifecycle.admin.base import LINKS, Kept
from lifecycle.admin.changes import Trailed
from pathways.models import AffiliationRule, CommunityRole, DefaultPoint, Funnel, Kind


class KindForm(forms.ModelForm):  # type: ignore[type-arg]  # generic to the type checker only
    """A kind may be another name of a kind that counts under its own name."""

    class Meta:
        model = Kind
        fields = ["key", "label", "state", "same_as"]

    def clean_same_as(self) -> Kind | None:
        """One step, and not to itself."""
        same_as: Kind | None = self.cleaned_data["same_as"]
        if same_as and same_as.pk == self.instance.pk:
            raise ValidationError(_("A kind cannot be another name of itself."))
        if same_as and (same_as.same_as_id or same_as.state != Kind.State.KNOWN):
            raise ValidationError(_("Choose a kind that counts under its own name."))
        if same_as and self.instance.pk and self.instance.other_names.exists():
            raise ValidationError(_("Other kinds are names of this one, so it cannot be a name of another."))
        return same_as


@admin.register(Kind)
class KindAdmin(Trailed, Kept, admin.ModelAdmin):  # type: ignore[type-arg]
    """What counts as a contribution; a decision holds for old and new ones."""

    form = KindForm
    list_display = ["label", "key", "state", "same_as"]
    list_filter = ["state"]
    search_fields = ["key", "label"]

    def get_readonly_fields(self, request: HttpRequest, obj: Kind | None = None) -> list[str]:
        """Contributions come in under the key, so it stays."""
        return ["key"] if obj else []


class DefaultPointForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule that somebody can fulfil."""

    kinds = forms.TypedMultipleChoiceField(
        coerce=int, required=False, label=gettext_lazy("Kinds"), help_text=gettext_lazy("None chosen: any kind.")
    )
    roles = forms.MultipleChoiceField(
        choices=CommunityRole.Role.choices,
        required=False,
        label=gettext_lazy("Only with one of these roles"),
        help_text=gettext_lazy("None chosen: no role is asked for."),
    )

    class Meta:
        model = DefaultPoint
        fields = ["level", "label", "kinds", "n", "d", "m", "w", "roles"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Kind.objects.filter(state=Kind.State.KNOWN, same_as=None)
        self.fields["kinds"].choices = list(known.values_list("pk", "label"))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """No more days than contributions or window, no more months than days."""
        cleaned = super().clean() or self.cleaned_data
        n, d, m, w = (cleaned.get(name) or 0 for name in "ndmw")
        if d > n:
            self.add_error("d", _("On %(days)s days there are at least as many contributions.") % {"days": d})
        if m > d:
            self.add_error("m", _("In %(months)s months there are at least as many days.") % {"months": m})
        if d > w:
            self.add_error("w", _("The window is shorter than the days asked for."))
        return cleaned


@admin.register(DefaultPoint)
class DefaultPointAdmin(Trailed, admin.ModelAdmin):  # type: ignore[type-arg]
    """Copied into every new pathway; pathways that there are keep their own."""

    form = DefaultPointForm
    list_display = ["label", "level", "n", "d", "m", "w", "roles"]


@admin.register(Funnel)
class FunnelAdmin(Trailed, Kept, admin.ModelAdmin):  # type: ignore[type-arg]
    """Which funnels are major is data."""

    formfield_overrides = LINKS
    list_display = ["name", "key", "is_major", "url"]
    list_filter = ["is_major"]


class AffiliationRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A domain in small letters, without the @."""

    class Meta:
        model = AffiliationRule
        fields = ["domain", "kind", "from_on", "until_on"]

    def clean_domain(self) -> str:
        """Accept what people paste."""
        return str(self.cleaned_data["domain"]).strip().lower().removeprefix("@")

    def clean(self) -> dict[str, Any]:
        """The first day is before the last."""
        cleaned = super().clean() or self.cleaned_data
        from_on, until_on = cleaned.get("from_on"), cleaned.get("until_on")
        if from_on and until_on and until_on <= from_on:
            self.add_error("until_on", _("It ends before it begins."))
        return cleaned


@admin.register(AffiliationRule)
class AffiliationRuleAdmin(Trailed, admin.ModelAdmin):  # type: ignore[type-arg]
    """Which e-mail domains tell that somebody is staff."""

    form = AffiliationRuleForm
    list_display = ["domain", "kind", "from_on", "until_on"]
    list_filter = ["kind"]


@desk.asks
def undecided_kinds() -> desk.Waiting:
    """Kinds of which nobody has said whether they count."""
    n = Kind.objects.filter(state=Kind.State.UNKNOWN).count()
    words = ngettext(
        "%(n)s kind of contribution is not decided on", "%(n)s kinds of contributions are not decided on", n
    )
    return desk.Waiting(n, words % {"n": n}, f"{reverse('admin:pathways_kind_changelist')}?state__exact=unknown")
