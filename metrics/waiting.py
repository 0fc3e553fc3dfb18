"""What is kept and not counted until somebody decides: quarantined contributions, and those of unknown kinds."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext as _

from metrics.models import Contribution, Release, Source
from metrics.models.source import FIRST_DAY
from pathways.models import Kind
from teams.models import Team

#: The reason of a quarantine, as decisions name it, by the state of a contribution.
WHY: Final[dict[int, str]] = {
    Contribution.State.BEFORE_START: Release.Why.BEFORE_START,
    Contribution.State.IN_FUTURE: Release.Why.IN_FUTURE,
}


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
    def waits(self) -> bool:
        """Whether nobody has decided about them, and somebody could."""
        return self.decided is None and self.may_count

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
