"""Sources that come a little at a time: what came on one UTC day is one import, which grows."""

from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.days import in_words
from metrics.ingest import LISTED, Report
from metrics.models import Import, Source
from pathways.models import Pathway


def queue_up(source: Source) -> None:
    """As an import does: whatever reads or writes acts of the pathway comes one after the other, before all else."""
    Pathway.objects.select_for_update(no_key=True).get(pk=source.pathway_id)


def import_of_today(source: Source) -> Import:
    """The source's import of this day, made if there is none, or if that one was undone. Locked.

    Of two that come at once, the second finds the first's.
    """
    queue_up(source)
    day = clock.today()
    standing = Import.objects.select_for_update(of=("self",)).filter(source=source, day=day, state=Import.State.DONE)
    return standing.first() or Import.objects.create(
        source=source,
        day=day,
        filename=_("what came on %(day)s") % {"day": in_words(day)},
        state=Import.State.DONE,
        finished_at=clock.now(),
    )


def grow(today: Import, report: Report) -> None:
    """Write down what came with one batch more."""
    today.rows += report.rows
    today.new += report.new
    today.duplicate += report.duplicate
    today.quarantined += report.quarantined
    today.unknown_kind += report.unknown_kind
    today.rejected += report.rejected
    today.errors = [*today.errors, *report.problems][:LISTED]
    for reason, number in report.passed.items():
        today.passed[reason] = today.passed.get(reason, 0) + number
    today.last_day = max(filter(None, (today.last_day, report.last_day)), default=None)
    today.finished_at = clock.now()
    today.save()
