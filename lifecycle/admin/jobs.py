"""The outbox, to be read; a dead job can be asked for again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lifecycle import jobs
from lifecycle.admin.base import ReadOnly
from lifecycle.models import Job


@admin.register(Job)
class JobAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """State, age, attempts, error."""

    list_display = ["kind", "key", "state", "age", "attempts", "done", "what_failed"]
    list_filter = ["state", "kind"]
    search_fields = ["key", "error"]
    ordering = ["-id"]
    actions = ["retry"]
    show_full_result_count = False

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
            jobs.retry(job)
        said = ngettext("%(count)s dead job is queued again.", "%(count)s dead jobs are queued again.", len(dead))
        self.message_user(request, said % {"count": len(dead)}, messages.SUCCESS if dead else messages.WARNING)
