"""The reconciler's alerts in the admin: read, acknowledged, or answered with a rebuild; each written in the trail."""

from collections.abc import Callable
from typing import cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lifecycle import desk
from lifecycle.admin.base import ReadOnly
from metrics import alarms as alarms
from metrics import drifts
from metrics.models import Drift
from teams.models import User


@admin.register(Drift)
class DriftAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Every difference that was ever found, with both values. Nothing here can be edited or deleted."""

    list_display = ["team", "what", "key", "stored", "derived", "found_at", "acknowledged_by", "gone_at"]
    list_display_links = ["key"]
    list_filter = [
        ("gone_at", admin.EmptyFieldListFilter),
        ("acknowledged_at", admin.EmptyFieldListFilter),
        "what",
    ]
    list_select_related = ["team", "acknowledged_by"]
    search_fields = ["team__name", "key"]
    actions = ["acknowledge", "rebuild"]

    def get_urls(self) -> list[URLPattern]:
        """The buttons beside an alert on the console have addresses."""
        verbs: list[tuple[str, Callable[[HttpRequest, Drift], None]]] = [
            ("acknowledge", self._acknowledge),
            ("rebuild", self._rebuild),
        ]
        buttons = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(self._button(verb)), name=f"metrics_drift_{name}")
            for name, verb in verbs
        ]
        return [*buttons, *super().get_urls()]

    def _button(self, verb: Callable[[HttpRequest, Drift], None]) -> Callable[[HttpRequest, int], HttpResponse]:
        def pressed(request: HttpRequest, pk: int) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            if not self.has_view_permission(request):
                raise PermissionDenied
            verb(request, get_object_or_404(Drift.objects.select_related("team"), pk=pk))
            return HttpResponseRedirect(reverse("admin:lifecycle_job_changelist"), status=303)

        return pressed

    def _acknowledge(self, request: HttpRequest, drift: Drift) -> None:
        if drifts.acknowledge(drift, by=cast("User", request.user)):
            self.log_change(request, drift, _("Acknowledged. It stays as it is."))
            said = _("Acknowledged: %(drift)s. It stays as it is.")
            self.message_user(request, said % {"drift": drift}, messages.SUCCESS)
        else:
            said = _("%(drift)s: acknowledged before, or gone.")
            self.message_user(request, said % {"drift": drift}, messages.WARNING)

    def _rebuild(self, request: HttpRequest, drift: Drift) -> None:
        run = drifts.ask_rebuild(drift.team)
        said = _("Asked for a rebuild of %(team)s: run %(run)s.") % {"team": drift.team, "run": run}
        self.log_change(request, drift, said)
        self.message_user(request, said, messages.SUCCESS)

    @admin.action(description=_("Acknowledge: I have seen it"), permissions=["view"])
    def acknowledge(self, request: HttpRequest, chosen: QuerySet[Drift]) -> None:
        """Say of the chosen ones that a person has seen them."""
        for drift in chosen.select_related("team"):
            self._acknowledge(request, drift)

    @admin.action(description=_("Derive all numbers of these teams anew"), permissions=["view"])
    def rebuild(self, request: HttpRequest, chosen: QuerySet[Drift]) -> None:
        """Ask for a rebuild of each team, once."""
        for drift in {drift.team_id: drift for drift in chosen.select_related("team")}.values():
            self._rebuild(request, drift)


@desk.asks
def differences() -> desk.Waiting:
    """Stored numbers that are not what the raw facts give, and that nobody has looked at."""
    n = Drift.objects.alarming().count()
    words = ngettext(
        "%(n)s stored number is not that of the facts", "%(n)s stored numbers are not those of the facts", n
    )
    return desk.Waiting(n, words % {"n": n}, reverse("admin:lifecycle_job_changelist"))
