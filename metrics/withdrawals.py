"""Undoing a whole import: a further fact says so, and what came by it no longer counts. Nothing is deleted.

A withdrawn act gives its key free (metrics/migrations/0007), so that what comes again is a new contribution. Of a
contribution that several imports told, the first stands; so when the first is undone, those that told it later are
read again. Everything derived follows by triggers.
"""

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from lifecycle import jobs
from metrics import deliveries, imports, sourcing
from metrics.models import Import, Withdrawal
from pathways.turns import take_turns
from teams.models import User
from teams.refusals import Conflict, Refused

#: Of one import.
WITHDRAW = """
UPDATE metrics_contribution SET state = 4, key = metrics_withdrawn_key(key, import_id)
 WHERE team_id = %(team)s AND import_id = %(import)s AND state <> 4
"""


def withdraw(delivery: Import, *, actor: User, reason: str) -> Withdrawal:
    """Say that an import was wrong, and ask a worker to take what came by it out of every count.

    Raises Conflict for one that is undone already, Refused for one that brought nothing, or without a reason.
    """
    if not reason.strip():
        raise Refused(_("Say why: whoever looks at the numbers later will want to know."))
    with transaction.atomic():
        fresh = Import.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        if fresh.state in {Import.State.UNDONE, Import.State.UNDOING}:
            raise Conflict(_("This import has been undone already."), fresh)
        if fresh.state != Import.State.DONE:
            raise Refused(_("This import has brought nothing that could be undone."))
        fresh.state = Import.State.UNDOING
        fresh.job_id = jobs.ask("withdrawal", str(fresh.pk))
        fresh.save(update_fields=["state", "job"])
        return Withdrawal.objects.create(imported=fresh, by=actor, reason=reason.strip())


def work(import_id: int) -> None:
    """What the worker does, in one transaction with the end of its job. A second call finds nothing left to do."""
    undone = Import.objects.select_for_update(of=("self",)).select_related("source__team").get(pk=import_id)
    if undone.state != Import.State.UNDOING:
        return
    source = undone.source
    with transaction.atomic(), connection.cursor() as cursor:
        # As an import does: whatever reads or writes acts of the pathway queues up behind it; and so does an import
        # into another of the team's, which would pass over as known what is undone here, and be in nobody's list.
        cursor.execute("SELECT id FROM pathways_pathway WHERE id = %s FOR NO KEY UPDATE", [source.pathway_id])
        take_turns(cursor)
        cursor.execute(WITHDRAW, {"team": source.team_id, "import": undone.pk})
        undone.state = Import.State.UNDONE
        undone.save(update_fields=["state"])
        told = source.imports.filter(state=Import.State.DONE).aggregate(day=Max(Coalesce("complete_to", "last_day")))
        sourcing.goes_back(source, told["day"])
        for other in _told_it_too(undone):
            if other.source.is_stream:
                deliveries.read_again(other)
            else:
                imports.read_again(other)


def _told_it_too(undone: Import) -> QuerySet[Import]:
    """Imports of the team that passed over something as known, and may have got it from the one that is undone."""
    return (
        Import.objects.filter(
            source__team=undone.source.team_id,
            state=Import.State.DONE,
            duplicate__gt=0,
            finished_at__gte=undone.finished_at,
        )
        .select_related("source")
        .order_by("pk")
    )
