"""The page of a stage: its facets in order, and a look at the gates before a change of the conditions is saved."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lifecycle import ladder
from lifecycle.admin.base import Kept
from lifecycle.admin.changes import Row, Trailed, rows_of
from lifecycle.admin.forms import StageForm, StageOrderForm, StageOrderFormSet
from lifecycle.admin.inlines import FACETS
from lifecycle.measures import Measure
from lifecycle.models import Criterion, Milestone, Stage
from teams import gates
from teams.models import PromotionRequest, Team

#: Fields of which a change can open or close a gate.
CONDITIONS = {
    Criterion: {"measure", "operator", "threshold", "window_days", "strength", "retired"},
    Milestone: {"required", "needs_verification", "refresh_days", "retired"},
}
#: Sent by who has seen what an edit does to the gates, and wants to change it again.
GO_ON = "_go_on"


class Unconfirmed(Exception):
    """The edit is valid and touches gates, and nobody has said yes to what it does to them."""

    def __init__(self, stage: Stage, rows: list[Row], changes: list[gates.Change], seal: str) -> None:
        super().__init__(stage)
        self.stage, self.rows, self.changes, self.seal = stage, rows, changes, seal


class EmptiedStageForm(StageForm):
    """A stage that can be retired only when no team stands in it, and is not saved while somebody goes on editing."""

    def clean(self) -> dict[str, Any]:
        """What was put in is shown again, as at a fault."""
        if GO_ON in self.data:
            raise ValidationError(_("Nothing is saved yet."))
        return super().clean() or self.cleaned_data

    def clean_retired(self) -> bool:
        """Name the teams that stand in the way."""
        retired: bool = self.cleaned_data["retired"]
        standing = Team.objects.filter(stage=self.instance.pk).exclude(state=Team.State.RETIRED)
        if retired and (teams := list(standing[:5])):
            raise ValidationError(
                _("Teams stand in this stage: %(teams)s. Move them first.") % {"teams": ", ".join(map(str, teams))}
            )
        return retired


@admin.register(Stage)
class StageAdmin(Trailed, Kept, admin.ModelAdmin):  # type: ignore[type-arg]
    """The ladder as a list whose numbers can be changed together; a stage with its facets."""

    form = EmptiedStageForm
    list_display = ["name", "order", "competence", "activator_title", "place"]
    list_editable = ["order"]
    list_per_page = 100
    inlines = FACETS
    fieldsets = [
        (None, {"fields": ["name", "short_name", "slug", "order", "is_last", "retired"]}),
        (_("What it is"), {"fields": ["definition", "competence", "measure_of_success"]}),
        (_("The activator"), {"fields": ["activator_title", "activator_needs_support"]}),
        (_("For editors"), {"fields": ["editor_note"]}),
    ]
    change_form_template = "admin/lifecycle/stage/edit.html"

    @admin.display(description=gettext_lazy("place"))
    def place(self, stage: Stage) -> str:
        """Whether it is the last one, or none any more."""
        return _("retired") if stage.retired else _("the last one") if stage.is_last else ""

    def get_readonly_fields(self, request: HttpRequest, obj: Stage | None = None) -> list[str]:
        """Its number is given in the list, the last one is found by itself, an address is for ever."""
        return ["order", "is_last", *(["slug"] if obj else [])]

    def get_inlines(self, request: HttpRequest, obj: Stage | None) -> Any:
        """Facets come once there is a stage to hang them on."""
        return self.inlines if obj else []

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """A row of the list."""
        return super().get_changelist_form(request, **{"form": StageOrderForm, **kwargs})

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """All rows of the list, checked together."""
        return super().get_changelist_formset(request, formset=StageOrderFormSet, **kwargs)

    def save_model(self, request: HttpRequest, obj: Stage, form: Any, change: bool) -> None:
        """Write the edited fields and no others; a new stage stands behind those in use."""
        if change:
            obj.save(update_fields=form.changed_data)
            ladder.mark_last()
            return
        obj.order = Stage.objects.count() + 1
        obj.save(force_insert=True)
        ladder.settle_stages()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the facets, unless they change conditions of the gate and nobody has confirmed what that does."""
        if change and formsets:
            self._preview(request, form, formsets)
        super().save_related(request, form, formsets, change)
        for formset in formsets:
            ladder.settle_items(formset.model.objects.filter(stage=form.instance, **formset.fixed))
        if "retired" in form.changed_data:
            ladder.settle_stages()

    def _preview(self, request: HttpRequest, form: Any, formsets: Sequence[Any]) -> None:
        by_model = {formset.model: formset for formset in formsets}
        if not any(_touches_gates(by_model[model], fields) for model, fields in CONDITIONS.items()):
            return
        stage: Stage = form.instance
        changes = gates.preview(stage, _as_edited(by_model[Criterion]), _as_edited(by_model[Milestone]))
        seal = _seal(changes)
        if request.POST.get("_confirmed") != seal:
            raise Unconfirmed(stage, list(rows_of(form, formsets)), changes, seal)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page; or, before a change of conditions is saved, what it would do. Nothing is written before the yes."""
        extra_context = {"measures": list(Measure), **(extra_context or {})}
        if GO_ON in request.POST:
            extra_context["errors"] = []  # it is none to think it over
            messages.info(request, _("Nothing is saved yet. Change what you like, and save it again."))
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except Unconfirmed as preview:
            return self._ask(request, preview)

    def _ask(self, request: HttpRequest, preview: Unconfirmed) -> HttpResponse:
        left_out = {"csrfmiddlewaretoken", "_confirmed", GO_ON}
        standing = Team.objects.filter(stage=preview.stage).exclude(state=Team.State.RETIRED)
        asked = PromotionRequest.objects.filter(team__in=standing, state=PromotionRequest.State.OPEN)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Before you save"),
            "opts": self.opts,
            "stage": preview.stage,
            "rows": preview.rows,
            "changes": preview.changes,
            "others": standing.count() - len(preview.changes),
            "asked": set(asked.values_list("team", flat=True)),
            "seal": preview.seal,
            "posted": [
                (name, value) for name, values in request.POST.lists() if name not in left_out for value in values
            ],
        }
        return TemplateResponse(request, "admin/lifecycle/stage/preview.html", context)


def _touches_gates(formset: Any, fields: set[str]) -> bool:
    """Whether a condition is new or changed where it counts."""
    return any(
        form.has_changed() if form in formset.extra_forms else fields & set(form.changed_data) for form in formset.forms
    )


def _as_edited(formset: Any) -> list[Any]:
    """The rows as they would be after saving, without the empty forms."""
    asked = [form for form in formset.forms if form not in formset.extra_forms or form.has_changed()]
    return [form.instance for form in asked if not form.instance.retired]


def _seal(changes: Sequence[gates.Change]) -> str:
    """What was shown, in one word: if the gates have moved when the yes comes, it is asked again."""
    told = ";".join(f"{change.team.pk} {change.before.state} {change.after.state}" for change in changes)
    return hashlib.sha256(told.encode()).hexdigest()
