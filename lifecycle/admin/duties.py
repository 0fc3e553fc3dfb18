"""Duties that hold across the whole lifecycle; those of one stage are on the stage's page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import slugify

from lifecycle.admin.base import Kept
from lifecycle.admin.changes import Trailed
from lifecycle.admin.forms import ItemForm
from lifecycle.ladder import settle_items
from lifecycle.models import Duty


@admin.register(Duty)
class DutyAdmin(Trailed, Kept, admin.ModelAdmin):  # type: ignore[type-arg]
    """The duties without a stage."""

    form = ItemForm
    list_display = ["text", "role", "order", "retired"]
    fields = ["role", "order", "text", "retired", "key"]
    readonly_fields = ["key"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Duty]:
        """Without a stage."""
        return Duty.objects.filter(stage=None)

    def save_model(self, request: HttpRequest, obj: Duty, form: Any, change: bool) -> None:
        """Name a new duty, and put the numbers in order."""
        same = Duty.objects.filter(stage=None, role=obj.role)
        if not change:
            stem = slugify(obj.text)[:50].strip("-") or "duty"
            obj.key = stem if not same.filter(key=stem).exists() else f"{stem}-{same.count() + 1}"
        if form.cleaned_data.get("order") is None:
            obj.order = same.count() + 1
        super().save_model(request, obj, form, change)
        settle_items(same)
