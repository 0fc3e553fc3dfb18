"""What people read about imports and sources: the same words on the page and on the command line."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle import clock
from lifecycle.models import Job
from metrics.brought import FIGURES
from metrics.evidence import FRESH_DAYS
from metrics.ingest import LISTED, ProblemRow
from metrics.models import Contribution, Import, Release, Source
from metrics.models.source import FIRST_DAY
from pathways.models import Kind
from teams.models import Team

#: After so many seconds of waiting, the page and the command say what is missing.
PATIENCE: Final = timedelta(seconds=15)
#: The reason of a quarantine, as decisions name it, by the state of a contribution.
WHY: Final[dict[int, str]] = {
    Contribution.State.BEFORE_START: Release.Why.BEFORE_START,
    Contribution.State.IN_FUTURE: Release.Why.IN_FUTURE,
}


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


def _sentence(delivery: Import) -> str:
    if delivery.standing == Import.State.REJECTED:
        return _rejected(delivery)
    if delivery.standing == Import.State.DONE:
        new = ngettext("%(count)d new contribution.", "%(count)d new contributions.", delivery.new)
        return new % {"count": delivery.new}
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


@dataclass(frozen=True)
class Uncounted:
    """Contributions that are kept and do not count, of one source (or kind) and for one reason."""

    name: str
    reason: str
    count: int
    first: date
    last: date
    kind: Kind | None = None
    source: Source | None = None
    why: str = ""
    decided: Release | None = None

    @property
    def may_count(self) -> bool:
        """Whether somebody may say that they count: nothing before 1970 ever does."""
        return bool(self.why) and self.last >= FIRST_DAY


class Group(NamedTuple):
    """How many contributions, and the days between which they lie."""

    key: int
    state: int
    number: int
    first: date
    last: date


def _grouped(team: Team, some: QuerySet[Contribution], by: str) -> list[Group]:
    """Some of the team's contributions by source or kind, and by state."""
    grouped = some.filter(team=team).values_list(by, "state").annotate(Count("pk"), Min("day"), Max("day"))
    return [Group(*row) for row in grouped.order_by(by, "state")]


def quarantine_of(team: Team, source: Source | None = None) -> list[Uncounted]:
    """Quarantined contributions by source and reason, of the team or of one of its sources."""
    kept = Contribution.objects.filter(state__in=WHY)
    if source is not None:
        kept = kept.filter(imported__source=source)
    found = _grouped(team, kept, "imported__source")
    sources = Source.objects.in_bulk({row.key for row in found})
    decided = {(each.source_id, each.why): each for each in _last_words(list(sources))}
    return [
        Uncounted(
            sources[row.key].name,
            _why(row.state),
            row.number,
            row.first,
            row.last,
            source=sources[row.key],
            why=WHY[row.state],
            decided=decided.get((row.key, WHY[row.state])),
        )
        for row in found
    ]


def _last_words(sources: list[int]) -> QuerySet[Release]:
    """The decision that stands, for each source and reason."""
    words = Release.objects.filter(source__in=sources).select_related("by")
    return words.order_by("source_id", "why", "-id").distinct("source_id", "why")


def _why(state: int) -> str:
    """Why contributions of a state do not count. No source's start lies before 1970, whatever it declares."""
    if state == Contribution.State.BEFORE_START:
        return _("before the source's declared start, or before 1970")
    return str(Contribution.State(state).label)


def unknown_kinds_of(team: Team) -> list[Uncounted]:
    """Kinds that nobody has decided about and the team has contributions of, the most frequent first."""
    unknown = Kind.objects.filter(state=Kind.State.UNKNOWN).in_bulk()
    if not unknown:
        return []
    found = _grouped(team, Contribution.objects.standing().filter(kind__in=list(unknown)), "kind")
    rows = [
        Uncounted(unknown[row.key].label, _("unknown kind"), row.number, row.first, row.last, unknown[row.key])
        for row in found
    ]
    return sorted(rows, key=lambda row: -row.count)


def is_waiting(job: Job | None) -> bool:
    """Whether no worker has taken the job up."""
    return job is not None and job.state == Job.State.QUEUED and job.attempts == 0
