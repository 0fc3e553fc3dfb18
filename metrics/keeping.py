"""How long what came in is kept as it came: files and the bodies of deliveries, for reading them again.

What they told stays counted for good. What names somebody who was erased is let go of as soon as it is read
(metrics/known_again.py). A file leaves the disk only after the row that names it has let go of it, for a
crash must not leave a row that names nothing; what a crash leaves on the disk is swept up a day later.
"""

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from lifecycle import clock
from metrics.entries import HAND
from metrics.models import Delivery, Import
from teams.models import Team
from teams.refusals import Busy

#: Long enough to notice that an import was wrong, and to read the others again.
KEPT: Final = timedelta(days=90)
#: A file without a row: one that is being received has its row within moments.
UNNAMED: Final = timedelta(days=1)
FOLDER: Final = "imports"

_WAITING: Final = Q(state__in=[Import.State.RECEIVED, Import.State.APPLYING, Import.State.UNDOING])


def expire() -> int:
    """Let go of what has been kept long enough; of how many files and deliveries."""
    old = Import.objects.exclude(_WAITING).filter(Q(finished_at__lt=Now() - KEPT) | Q(created_at__lt=Now() - 2 * KEPT))
    bodies = Delivery.objects.filter(body__isnull=False, read_at__isnull=False, received_at__lt=Now() - KEPT)
    # Who vouches for an entry by hand is told nowhere else.
    return _let_go(old) + bodies.exclude(event=HAND).update(body=None)


def let_go_of_teams(teams: Collection[Team]) -> None:
    """Let go of all that is kept of some teams. Raises Busy while something of theirs waits to be read.

    Whether somebody stands in a file cannot be told from outside: a name has many spellings, packed or escaped. An
    entry by hand tells by a number whose it is (metrics/erasure.py).
    """
    imports = Import.objects.filter(source__team__in=teams)
    deliveries = Delivery.objects.filter(source__team__in=teams, body__isnull=False).exclude(event=HAND)
    if imports.filter(_WAITING).exists() or deliveries.filter(read_at=None).exists():
        raise Busy
    _let_go(imports)
    deliveries.update(body=None)


def let_go(delivery: Import) -> None:
    """Let go of the file of one that is being read, in the transaction that saves it: somebody in it was erased."""
    transaction.on_commit(_deletes(str(delivery.file)))
    delivery.file = ""


def _let_go(imports: "QuerySet[Import]") -> int:
    with transaction.atomic():
        rows = list(imports.exclude(file="").select_for_update(of=("self",)).order_by("pk"))
        asking = [row.pk for row in rows if row.state == Import.State.ASKING]
        Import.objects.filter(pk__in=asking).update(state=Import.State.FAILED, finished_at=Now())
        Import.objects.filter(pk__in=[row.pk for row in rows]).update(file="")
        for row in rows:
            transaction.on_commit(_deletes(str(row.file)))
    return len(rows)


def _deletes(name: str) -> Callable[[], None]:
    return partial(default_storage.delete, name)


def sweep() -> int:
    """Delete files that no row names, which a crash has left; how many."""
    if not default_storage.exists(FOLDER):
        return 0
    found = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    named = set(Import.objects.filter(file__in=found).values_list("file", flat=True))
    left = [
        name for name in found if name not in named and default_storage.get_modified_time(name) < clock.now() - UNNAMED
    ]
    for name in left:
        default_storage.delete(name)
    return len(left)
