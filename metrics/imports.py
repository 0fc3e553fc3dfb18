"""Imports: a file is received, read by a worker, and reported on. A failed one can be asked for again."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from typing import BinaryIO, Final, cast

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from lifecycle import clock, jobs
from metrics import columns, keeping, source_news, sourcing
from metrics.ingest import ingest
from metrics.models import Import, Source
from metrics.sources import Adapter, Batch, csv, git, perceval
from teams.models import User
from teams.refusals import Conflict, Refused

#: Of the sources that come as files.
ADAPTERS: Final[dict[str, Adapter]] = {
    Source.Type.CSV: csv.read,
    Source.Type.GIT: git.read,
    Source.Type.PERCEVAL: perceval.read,
}


class TooLarge(Refused):
    """The file is larger than UPLOAD_LIMIT."""

    def __init__(self) -> None:
        limit = filesizeformat(settings.UPLOAD_LIMIT)
        super().__init__(_("The file is larger than %(limit)s, the most this server takes.") % {"limit": limit})


def receive(
    source: Source, *, file: "File[bytes]", filename: str, actor: User | None, complete_to: date | None = None
) -> Import:
    """Keep the file, and ask a worker to read it. The same file may come again: it then adds nothing.

    A table whose header does not tell which column holds what waits for a person who does (metrics/columns.py), if
    one has brought it. Raises TooLarge, and Refused for a source that is switched off, one whose data does not come
    in files, or a `complete_to` after today or before 1970.
    """
    if source.is_stream:
        raise Refused(_("The source “%(source)s” takes no files.") % {"source": source.name})
    if file.size > settings.UPLOAD_LIMIT:
        raise TooLarge
    if not source.enabled:
        raise Refused(_("The source “%(source)s” is switched off.") % {"source": source.name})
    if complete_to is not None:
        sourcing.declared(complete_to)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    delivery = Import(
        source=source,
        filename=filename[-255:],
        size=file.size,
        sha256=digest.hexdigest(),
        complete_to=complete_to,
        created_by=actor,
    )
    if actor and source.type == Source.Type.CSV and columns.is_lacking(file, source.options):
        delivery.state = Import.State.ASKING
    file.seek(0)
    delivery.file.save(filename, file, save=False)
    try:
        with transaction.atomic():
            delivery.save()
            if delivery.state == Import.State.RECEIVED:
                _ask(delivery)
    except BaseException:
        delivery.file.delete(save=False)  # no row names it
        raise
    return delivery


def _ask(delivery: Import) -> None:
    delivery.job_id = jobs.ask("import", str(delivery.pk))
    delivery.save(update_fields=["job"])


def begin(delivery: Import) -> None:
    """Read a file that waited for its columns. Raises Conflict when it does not wait (any more)."""
    with transaction.atomic():
        fresh = Import.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        if fresh.state != Import.State.ASKING:
            raise Conflict(_("Somebody has told the columns of this file already."), fresh)
        fresh.state = Import.State.RECEIVED
        fresh.save(update_fields=["state"])
        _ask(fresh)


def retry(delivery: Import) -> Import:
    """Ask again for an import that failed. Raises Conflict when it has not failed (any more)."""
    with transaction.atomic():
        fresh = Import.objects.select_for_update(of=("self",)).select_related("job").get(pk=delivery.pk)
        if not fresh.failed:
            raise Conflict(_("This import has not failed."), fresh)
        fresh.state, fresh.finished_at = Import.State.RECEIVED, None
        fresh.save(update_fields=["state", "finished_at"])
        _ask(fresh)
    return fresh


def rerun(delivery: Import, *, actor: User | None) -> Import:
    """Read an import's file once more, as a new import: for the source is told better now, or it was undone.

    Raises Refused where no file is kept, and whatever `receive` raises.
    """
    try:
        file = delivery.file.open("rb")
    except (ValueError, FileNotFoundError):  # it never had one, or not any more
        raise Refused(_("The file of this import is not kept any more. Upload it again.")) from None
    with file:
        return receive(
            delivery.source,
            file=File(file, name=delivery.filename),
            filename=delivery.filename,
            actor=actor,
            complete_to=delivery.complete_to,
        )


def read_again(delivery: Import) -> None:
    """Read a file again that was read before: what it told and another had told first may be new now."""
    if delivery.file:
        delivery.state = Import.State.RECEIVED
        delivery.save(update_fields=["state"])
        _ask(delivery)


def work(import_id: int, *, progress: Callable[[int, int], None]) -> None:
    """What the worker does: read the import's file. Its end stands in the same transaction as its rows.

    A second call finds the answer there and does nothing. `progress` is told bytes read, and their total.
    """
    delivery = (
        Import.objects.select_for_update(of=("self",))
        .select_related("source__default_kind", "source__pathway")
        .get(pk=import_id)
    )
    if delivery.state != Import.State.RECEIVED:
        return
    try:
        apply(delivery, progress=lambda position: progress(min(position, delivery.size), delivery.size))
    except FileNotFoundError:
        delivery.state, delivery.finished_at = Import.State.FAILED, clock.now()
        delivery.save(update_fields=["state", "finished_at"])
    if delivery.state in {Import.State.REJECTED, Import.State.FAILED}:
        source_news.broken(delivery)


def _reader(source: Source) -> Callable[[BinaryIO], Iterator[Batch]]:
    adapter, options = ADAPTERS[source.type], source.options
    if adapter is csv.read and options.is_plain:
        return csv.read  # by which ingest knows that the quick way is open
    return lambda file: adapter(file, options)


def apply(delivery: Import, *, progress: Callable[[int], None]) -> None:
    """Ingest the import's file and write down what became of it."""
    source = delivery.source
    with delivery.file.open("rb") as file:
        report = ingest(
            source,
            cast("BinaryIO", file),
            _reader(source),
            import_id=delivery.pk,
            declared=delivery.complete_to is not None,
            progress=progress,
        )
    delivery.state = Import.State.REJECTED if report.rejected else Import.State.DONE
    delivery.rows, delivery.rejected, delivery.errors = report.rows, report.rejected, report.problems
    # Read again, it finds there what it brought before.
    delivery.duplicate, delivery.last_day = max(0, report.duplicate - delivery.new), report.last_day
    delivery.new += report.new
    delivery.quarantined += report.quarantined
    delivery.unknown_kind += report.unknown_kind
    delivery.passed, delivery.items = report.passed, report.items
    delivery.finished_at = clock.now()
    if report.known_again:
        keeping.let_go(delivery)
    delivery.save()
    if not report.rejected:
        sourcing.reaches(source, delivery.complete_to or report.last_day)
