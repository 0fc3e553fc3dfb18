"""The outbox, to be read: the console at a glance, then every job; a dead one can be asked for again."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lifecycle import desk, jobs
from lifecycle.admin.base import ReadOnly
from lifecycle.console import console
from lifecycle.console import dead as dead_jobs
from lifecycle.console_tables import table_of
from lifecycle.models import Job
from lifecycle.tables import addresses, answer


@admin.register(Job)
class JobAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """State, age, attempts, error."""

    list_display = ["kind", "key", "state", "age", "attempts", "done", "what_failed"]
    list_filter = ["state", "kind"]
    search_fields = ["key", "error"]
    ordering = ["-id"]
    actions = ["retry"]
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        """The button beside a dead job has an address, and so have the tables of the console as files."""
        retry = path("<int:pk>/retry/", self.admin_site.admin_view(self.retry_one), name="lifecycle_job_retry")
        tables = addresses("tables/<slug:name>", self.admin_site.admin_view(self.table), "lifecycle_job_table")
        return [retry, *tables, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The console above the list, unless the address asks for some jobs only."""
        told = {} if request.GET else {"console": console()}
        return super().changelist_view(request, {**(extra_context or {}), **told})

    def table(self, request: HttpRequest, name: str, form: str) -> HttpResponse:
        """A table of the console as a file."""
        told = table_of(name)
        if told is None or not self.has_view_permission(request):
            raise Http404
        return answer(told, form)

    def retry_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask again for one dead job, and write down who did."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = get_object_or_404(Job, pk=pk)
        if job.state == Job.State.DEAD:
            queued = jobs.retry(job)
            self.log_change(request, job, _("Asked for again: run %(run)s.") % {"run": queued})
            said = _("“%(job)s” is queued again.") % {"job": job}
            self.message_user(request, said, messages.SUCCESS)
        else:
            self.message_user(request, _("“%(job)s” is not dead.") % {"job": job}, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:lifecycle_job_changelist"), status=303)

    @admin.display(description=_("age"), ordering="created_at")
    def age(self, job: Job) -> str:
        """Since it was asked for."""
        return timesince(job.created_at)

    @admin.display(description=_("done"))
    def done(self, job: Job) -> str:
        """How far it has come."""
        return f"{job.percent} %"

    @admin.display(description=_("error"))
    def what_failed(self, job: Job) -> str:
        """The beginning of the last error."""
        return Truncator(job.error).chars(120)

    @admin.action(description=_("Try the dead ones again"), permissions=["view"])
    def retry(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        """Ask again for the chosen jobs that are dead."""
        dead = list(chosen.filter(state=Job.State.DEAD))
        for job in dead:
            queued = jobs.retry(job)
            self.log_change(request, job, _("Asked for again: run %(run)s.") % {"run": queued})
        said = ngettext("%(count)s dead job is queued again.", "%(count)s dead jobs are queued again.", len(dead))
        self.message_user(request, said % {"count": len(dead)}, messages.SUCCESS if dead else messages.WARNING)


@desk.asks
def given_up() -> desk.Waiting:
    """Given up, and not asked for again."""
    n = dead_jobs().count()
    words = ngettext("%(n)s job has given up", "%(n)s jobs have given up", n)
    return desk.Waiting(n, words % {"n": n}, reverse("admin:lifecycle_job_changelist"))
