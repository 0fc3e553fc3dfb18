"""What of a person's record lies here: contributions, levels, and rows of imports that were rejected."""

from collections.abc import Iterator

from django.db.models import F, QuerySet

from metrics.erasure import names
from metrics.models import Contribution, Import, Span
from pathways.erasure import told_of
from pathways.keys import fold
from pathways.record import Held, Row, holds, plain, rows_of
from teams.models import Team


def _teams(held: Held) -> QuerySet[Team]:
    return Team.objects.filter(pk=held.team.pk) if held.team else Team.objects.all()


def _acts(held: Held) -> QuerySet[Contribution]:
    """Asked for by team and pathway, as their index is."""
    here = Contribution.objects.filter(team__in=_teams(held), pathway__team=F("team"))
    return here.filter(contributor__in=held.ids)


@holds("contributions", Contribution)
def contributions(held: Held) -> Iterator[Row]:
    """Each act: when, what, where, by which identity, through which import of which source, and whether it counts."""
    found = _acts(held).order_by("team__name", "occurred_at", "key")
    for act in found.select_related("team", "pathway", "contributor", "identity", "imported__source", "kind"):
        yield {**plain(act), "state": str(act.get_state_display()), "source": act.imported.source.name}


@holds("levels", Span)
def levels(held: Held) -> list[dict[str, object]]:
    """On which days which level was held; pathway 0 is the team as a whole."""
    spans = Span.objects.filter(team_id__in=_teams(held).values("pk"), contributor_id__in=held.ids)
    return rows_of(spans.order_by("team_id", "pathway_id", "level", "from_on"))


@holds("rejected_rows", Import)
def rejected_rows(held: Held) -> Iterator[Row]:
    """Rows of files that could not be taken in and name the person: file, line, and what stood there."""
    words = {fold(word) for word in told_of(held.ids).words}
    imports = Import.objects.filter(source__team__in=_teams(held)).exclude(errors=[]).select_related("source")
    for delivery in imports.order_by("pk"):
        for problem in delivery.errors:
            if names(problem, words):
                yield {"import": delivery.pk, "file": delivery.filename, "source": delivery.source.name, **problem}


@holds("imports", Import)
def imports(held: Held) -> Iterator[Row]:
    """The files, and days of deliveries, that brought the contributions; and whether they are kept as they came."""
    brought = Import.objects.filter(pk__in=_acts(held).values("imported")).select_related("source")
    for each in brought.order_by("source__team__name", "pk"):
        told = {"import": each.pk, "file": each.filename, "source": each.source.name, "day": each.day}
        yield {**told, "received_at": each.created_at, "is_kept": bool(each.file)}
