"""Rows that every admin adds and nobody edits: each by a page of its own, on which a verb decides."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from lifecycle.admin.base import ReadOnly
from teams.views.page import reader


class AddedByVerb(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """The place of a new row is taken by `asked`, which shows the page or ends with `added`."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every admin."""
        return bool(reader(request).is_admin)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page, for those who may."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.asked(request)

    def asked(self, request: HttpRequest) -> HttpResponse:
        """What is known, and the form; the verb, once it is filled in."""
        raise NotImplementedError

    def added(self, request: HttpRequest, made: Model, words: str) -> HttpResponse:
        """Keep in the audit trail who added it, say so, and go back to the list."""
        self.log_addition(request, made, [{"added": {}}])
        messages.success(request, words)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
