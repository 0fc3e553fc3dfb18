"""What people read about imports and sources: the same words on the page and on the command line."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle import clock
from lifecycle.models import Job
from metrics.brought import FIGURES
from metrics.evidence import FRESH_DAYS
from metrics.ingest import LISTED, ProblemRow
from metrics.models import Import, Source
from teams.models import Team

#: After so many seconds of waiting, the page and the command say what is missing.
PATIENCE: Final = timedelta(seconds=15)
#: Imports on the page of their source.
LATEST: Final = 10


class Fact(NamedTuple):
    """A figure of a report; its key names the page that explains it."""

    key: str
    label: str
    number: int


@dataclass(frozen=True)
class ImportReport:
    """One import, for a reader."""

    delivery: Import
    tone: str
    mark: str
    sentence: str
    facts: list[Fact]
    problems: list[ProblemRow]

    @property
    def hidden_problems(self) -> int:
        """Rejected rows that are counted and not listed."""
        return max(0, self.delivery.rejected - LISTED)

    def lines(self) -> list[str]:
        """The report as plain text."""
        problems = [
            _("  line %(line)d, column %(column)d%(field)s: %(reason)s")
            % {**problem, "field": f" ({problem['field']})" if problem["field"] else ""}
            for problem in self.problems
        ]
        if self.hidden_problems:
            problems.append(_("  and %(count)d more rows") % {"count": self.hidden_problems})
        return [self.sentence, *(f"  {label}: {count}" for _key, label, count in self.facts), *problems]


LOOKS: Final = {
    Import.State.ASKING: ("warn", "open"),
    Import.State.RECEIVED: ("", "open"),
    Import.State.APPLYING: ("", "progress"),
    Import.State.DONE: ("good", "done"),
    Import.State.REJECTED: ("bad", "flag"),
    Import.State.FAILED: ("bad", "flag"),
    Import.State.UNDOING: ("", "progress"),
    Import.State.UNDONE: ("", "waived"),
}


def report_of(delivery: Import) -> ImportReport:
    """The report on an import. Reads `delivery.job`, and nothing else."""
    tone, mark = LOOKS[delivery.standing]
    facts = []
    if delivery.standing in {Import.State.DONE, Import.State.REJECTED, Import.State.UNDOING, Import.State.UNDONE}:
        counts = ((key, str(label), getattr(delivery, key)) for key, (label, _formula) in FIGURES.items())
        facts = [Fact(*each) for each in counts if each[0] != "items" or delivery.items]
    return ImportReport(delivery, tone, mark, _sentence(delivery), facts, delivery.errors)


def latest_of(source: Source) -> list[ImportReport]:
    """The latest imports of a source. One query."""
    latest = source.imports.select_related("source__pathway", "job", "created_by")
    return [report_of(delivery) for delivery in latest[:LATEST]]


def _sentence(delivery: Import) -> str:
    if delivery.standing == Import.State.REJECTED:
        return _rejected(delivery)
    if delivery.standing == Import.State.DONE:
        return _done(delivery)
    if delivery.standing == Import.State.RECEIVED and clock.now() - delivery.created_at > PATIENCE:
        return _("No worker has taken the file up yet. It is kept, and will be read as soon as one runs.")
    return {
        Import.State.ASKING: _("The file is kept, and waits for somebody to say which column holds what."),
        Import.State.RECEIVED: _("The file is received and waits for a worker."),
        Import.State.APPLYING: _("The file is being read."),
        Import.State.FAILED: _(
            "The import stopped and nothing was imported. Try again; if it stops again, tell an admin."
        ),
        Import.State.UNDOING: _("It is being undone: what came by it is taken out of every count."),
        Import.State.UNDONE: _("It was undone. What came by it is kept, and counts nowhere."),
    }[delivery.standing]


def _done(delivery: Import) -> str:
    """What is new; and what of it waits for a decision, or that all had come before."""
    new = ngettext("%(count)d new contribution.", "%(count)d new contributions.", delivery.new) % {
        "count": delivery.new
    }
    if kept := delivery.quarantined + delivery.unknown_kind:
        waits = ngettext(
            "%(count)d of them does not count until somebody decides about it.",
            "%(count)d of them do not count until somebody decides about them.",
            kept,
        )
        return f"{new} {waits % {'count': kept}}"
    if delivery.duplicate and not delivery.new:
        return f"{new} {_('Everything in it had come before.')}"
    return new


def _rejected(delivery: Import) -> str:
    """One problem is told whole; of several, how many there are."""
    if len(delivery.errors) == 1:
        problem: ProblemRow = delivery.errors[0]
        return _("Nothing was imported, because of line %(line)d, column %(column)d: %(reason)s") % problem
    return ngettext(
        "Nothing was imported: %(count)d row cannot be read.",
        "Nothing was imported: %(count)d rows cannot be read.",
        delivery.rejected,
    ) % {"count": delivery.rejected}


@dataclass(frozen=True)
class SourceRow:
    """One source, and whether its data can be trusted to be complete."""

    source: Source
    tone: str
    mark: str
    words: str
    last_import: datetime | None


def sources_of(team: Team) -> list[SourceRow]:
    """The team's sources with their freshness. One query."""
    done = Q(imports__state=Import.State.DONE)
    sources = team.sources.select_related("pathway", "default_kind").annotate(
        last_import=Max("imports__finished_at", filter=done)
    )
    return [source_row(source, source.last_import) for source in sources]


def source_row(source: Source, last: datetime | None = None) -> SourceRow:
    """A source as the page shows it; `last` is when its last import was done."""
    if not source.enabled:
        return SourceRow(source, "", "waived", _("switched off, not counted"), last)
    if source.complete_to is None:
        return SourceRow(source, "warn", "open", _("nothing imported yet"), last)
    days = (clock.today() - source.complete_to).days
    if days >= FRESH_DAYS:
        return SourceRow(
            source,
            "bad",
            "stale",
            ngettext("stale: ends %(n)d day ago", "stale: ends %(n)d days ago", days) % {"n": days},
            last,
        )
    return SourceRow(source, "good", "done", _("up to date"), last)


def is_waiting(job: Job | None) -> bool:
    """Whether no worker has taken the job up."""
    return job is not None and job.state == Job.State.QUEUED and job.attempts == 0
