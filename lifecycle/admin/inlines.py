"""The facets of a stage as ordered inlines of its page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Textarea
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lifecycle.admin.base import LINKS, Kept
from lifecycle.admin.forms import CriterionForm, ItemForm, ItemFormSet
from lifecycle.measures import Measure
from lifecycle.models import Criterion, Duty, Milestone, Resource, Risk


class ItemInline(Kept, admin.StackedInline):  # type: ignore[type-arg]
    """One facet: its items in order, none deleted."""

    form = ItemForm
    formset = ItemFormSet
    extra = 0
    can_delete = False
    formfield_overrides = LINKS
    classes = ["collapse"]
    readonly_fields = ["key"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Two lines are enough for an item."""
        if db_field.name in {"text", "detail"}:
            kwargs["widget"] = Textarea(attrs={"rows": 2, "class": "vLargeTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A parent is an item of the same stage that has no parent itself."""
        if db_field.name == "parent":
            match = request.resolver_match
            stage_id = match.kwargs.get("object_id") if match else None
            kwargs["queryset"] = self.model._default_manager.filter(stage_id=stage_id, parent=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class MilestoneInline(ItemInline):
    """What teams do."""

    model = Milestone
    fields = ["order", "text", "parent", ("required", "needs_verification", "refresh_days", "retired"), "key"]


class ResourceInline(ItemInline):
    """What helps them."""

    model = Resource
    fields = ["order", "text", "detail", ("url", "status"), "parent", "retired", "key"]


class RiskInline(ItemInline):
    """What can go wrong."""

    model = Risk
    fields = ["order", "text", "retired", "key"]


class ActivatorDutyFormSet(ItemFormSet):
    """Duties of the activator."""

    fixed = {"role": Duty.Role.ACTIVATOR}


class PartnerDutyFormSet(ItemFormSet):
    """Duties of the partner."""

    fixed = {"role": Duty.Role.PARTNER}


class DutyInline(ItemInline):
    """The duties of one role."""

    model = Duty
    fields = ["order", "text", "retired", "key"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Duty]:
        """Of that role only."""
        duties: QuerySet[Duty] = super().get_queryset(request)
        return duties.filter(**self.formset.fixed)


class ActivatorDutyInline(DutyInline):
    """The activator's part."""

    formset = ActivatorDutyFormSet
    verbose_name = _("duty of the activator")
    verbose_name_plural = _("duties of the activator")


class PartnerDutyInline(DutyInline):
    """The partner's part."""

    formset = PartnerDutyFormSet
    verbose_name = _("duty of the CBT partner")
    verbose_name_plural = _("duties of the CBT partner")


class CriterionInline(ItemInline):
    """What the gate asks, each with what its measure counts."""

    model = Criterion
    form = CriterionForm
    fields = [
        "order",
        "text",
        ("measure", "counted"),
        ("operator", "threshold", "window_days", "strength", "retired"),
        "key",
    ]
    readonly_fields = ["key", "counted"]

    @admin.display(description=_("what it counts"))
    def counted(self, criterion: Criterion) -> str:
        """The explanation of the criterion's measure."""
        return Measure(criterion.measure).explanation if criterion.measure else ""


FACETS: "list[type[admin.options.InlineModelAdmin[Any, Any]]]" = [
    MilestoneInline,
    ResourceInline,
    ActivatorDutyInline,
    PartnerDutyInline,
    RiskInline,
    CriterionInline,
]
