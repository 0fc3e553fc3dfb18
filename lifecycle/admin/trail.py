"""Who edited what in the admin, when, and what stood there before."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from lifecycle.admin.base import ReadOnly, called
from lifecycle.admin.changes import KEY, Row


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """The trail of the admin's own edits; what teams do is in their histories."""

    list_display = ["at", "user", "kind", "named", "said"]
    list_filter = [
        ("action_flag", called(_("what was done"), admin.ChoicesFieldListFilter)),
        ("content_type", admin.RelatedOnlyFieldListFilter),
        ("user", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["object_repr", "user__username", "change_message"]
    date_hierarchy = "action_time"
    list_select_related = ["user", "content_type"]
    fields = ["at", "user", "kind", "edited", "said", "difference"]
    readonly_fields = ["at", "kind", "edited", "said", "difference"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The trail, by its name."""
        return super().changelist_view(request, {"listing": _("Audit trail"), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One edit. What it was stands in its fields, and not above them once more."""
        told = {"title": _("An edit"), "subtitle": None, "listing": _("Audit trail"), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, told)

    @admin.display(description=_("when"), ordering="action_time")
    def at(self, entry: LogEntry) -> str:
        """To the minute, in UTC."""
        return date_format(entry.action_time, "j M Y, H:i")

    @admin.display(description=_("what"), ordering="content_type")
    def kind(self, entry: LogEntry) -> str:
        """A stage, a duty, an account ..."""
        return capfirst(entry.content_type.name) if entry.content_type else ""

    @admin.display(description=_("which"), ordering="object_repr")
    def named(self, entry: LogEntry) -> str:
        """By its name at that time."""
        return entry.object_repr

    @admin.display(description=_("which"))
    def edited(self, entry: LogEntry) -> str:
        """What was edited, with the way to it."""
        address = entry.get_admin_url()
        return format_html('<a href="{}">{}</a>', address, entry.object_repr) if address else entry.object_repr

    @admin.display(description=_("change"))
    def said(self, entry: LogEntry) -> str:
        """The change in words."""
        return str(entry.get_change_message())

    @admin.display(description=_("before and after"))
    def difference(self, entry: LogEntry) -> str:
        """Each value before and after."""
        return render_to_string("admin/lifecycle/_difference.html", {"rows": values_of(entry)})


def values_of(entry: LogEntry) -> list[Row]:
    """The values that an entry keeps; none where an edit is told in a sentence of its own."""
    if not entry.change_message.startswith("["):
        return []
    return [tuple(row) for part in json.loads(entry.change_message) for row in part.get(KEY, [])]
