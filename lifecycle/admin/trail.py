"""Who edited what in the admin, when, and what stood there before."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from lifecycle.admin.base import ReadOnly
from lifecycle.admin.changes import KEY, Row


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """The trail of the admin's own edits; what teams do is in their histories."""

    list_display = ["action_time", "user", "content_type", "object_repr", "said"]
    list_filter = ["action_flag", "content_type", "user"]
    search_fields = ["object_repr", "user__username", "change_message"]
    date_hierarchy = "action_time"
    list_select_related = ["user", "content_type"]
    fields = ["action_time", "user", "content_type", "edited", "said", "difference"]
    readonly_fields = ["edited", "said", "difference"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The trail, by its name."""
        return super().changelist_view(request, {"title": _("Audit trail"), **(extra_context or {})})

    @admin.display(description=_("edited"))
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
