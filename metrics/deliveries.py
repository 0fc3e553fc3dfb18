"""What streams deliver: kept in the transaction of the answer; read in it too, or of webhooks by a worker, in batches.

A delivery is known by its id, and what it tells by the contributions' own ids: the same act by another delivery, by
another hook or in a file is one. Of pushes, where they begin and end is kept: a push that does not begin where the
one before ended shows that something between did not arrive.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lifecycle import clock, jobs
from metrics import sourcing
from metrics.delivered import told_by
from metrics.entries import HAND
from metrics.ingest import Report, take
from metrics.models import Delivery, Import, Source
from metrics.sources import Batch, Problem, Told
from metrics.sources.nodes import readable
from metrics.streams import grow, import_of_today
from teams.refusals import Refused
from teams.waiting import briefly

#: Deliveries that one job reads: each of up to 25 MB, so that few large ones stay within a worker's memory.
AT_ONCE: Final = 200
LONGEST_OUTCOME: Final = 300


def receive(source_id: int, *, guid: str, event: str, body: bytes) -> bool:
    """Keep a delivery and ask a worker to read it; False if it is there already. No broker is waited for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO metrics_delivery
                (source_id, guid, event, body, contributions, outcome, is_refused, ref, before, after)
            VALUES (%s, %s, %s, %s, 0, '', false, '', '', '') ON CONFLICT (source_id, guid) DO NOTHING
            """,
            [source_id, guid, event, body],
        )
        if not cursor.rowcount:
            return False
        jobs.ask("deliveries", str(source_id))
    return True


class Given(NamedTuple):
    """A delivery as it comes; `guid` tells it from every other of its source."""

    event: str
    guid: str
    body: bytes


@dataclass
class _Read:
    """A delivery and what it told."""

    delivery: Delivery
    told: Told


def take_now(
    source: Source, given: Given, told: Told, *, problems: Sequence[Problem] = (), complete_to: date | None = None
) -> Report:
    """Keep a delivery and take in what it tells, which has been read already, in the transaction of the answer.

    The same delivery again is the same row, and adds nothing that stands. `complete_to` is the day up to which its
    sender vouches for the source; else items make it complete to the last day of what came, as a file does, and an
    entry by hand says nothing of the rest. Raises Refused for a source that is switched off or more new kinds than are
    taken in at once, and Busy if an import is under way.
    """
    if not source.enabled:
        raise Refused(_("The source “%(source)s” is switched off.") % {"source": source.name})
    with briefly():
        today = import_of_today(source)
        delivery, _made = Delivery.objects.get_or_create(
            source=source, guid=given.guid, defaults={"event": given.event, "body": given.body}
        )
        report = take(source, [Batch(told.rows, [*problems], len(given.body))], import_id=today.pk)
        if told.rows and not report.outcomes:
            raise Refused(report.problems[-1]["reason"])
        today.complete_to = max(filter(None, (today.complete_to, complete_to)), default=None)
        grow(today, report)
        _note(_Read(delivery, told), today, keeps=given.event == HAND or not report.known_again)
        sourcing.reaches(source, complete_to or (None if given.event == HAND else report.last_day))
    return report


def work(source_id: int) -> None:
    """What the worker does: read what is unread, in the order in which it came. Done twice, it finds nothing new."""
    with transaction.atomic():
        source = Source.objects.select_related("default_kind", "pathway").get(pk=source_id)
        unread = Delivery.objects.filter(source=source, read_at=None).order_by("id")
        found = [_Read(each, told_by(each, source)) for each in unread.select_for_update(no_key=True)[:AT_ONCE]]
        if not found:
            return
        today = import_of_today(source)
        report = take(source, _batches(found), import_id=today.pk)
        grow(today, report)
        for number, read in enumerate(found, 1):
            _note(read, today, keeps=number not in report.known_again)
        if source.type == Source.Type.GITHUB:
            _is_complete(source, today)
        else:
            sourcing.reaches(source, report.last_day)
        if len(found) == AT_ONCE:
            jobs.ask("deliveries", str(source.pk))


def _batches(found: Sequence[_Read]) -> Iterator[Batch]:
    """Each delivery is a line, so that what became of it can be told."""
    for number, read in enumerate(found, 1):
        rows = [raw._replace(line=number) for raw in read.told.rows]
        yield Batch(rows, [], number, read.told.passed)


def _note(read: _Read, today: Import, *, keeps: bool) -> None:
    """What became of one. It is not kept where it names somebody who was erased; an entry by hand names nobody."""
    delivery, told = read.delivery, read.told
    delivery.read_at, delivery.imported = clock.now(), today
    delivery.contributions, delivery.is_refused = len(told.rows), told.problem is not None
    said = str(told.problem.reason) if told.problem else "; ".join(told.passed)
    delivery.outcome = readable(said)[:LONGEST_OUTCOME]
    fields = ["read_at", "imported", "contributions", "is_refused", "outcome", "ref", "before", "after"]
    if not keeps:
        delivery.body = None
        fields.append("body")
    delivery.save(update_fields=fields)


def _is_complete(source: Source, today: Import) -> None:
    """Whatever was delivered shows that the hook works: nothing is missing up to today, or up to the first gap."""
    day = min([today.day or clock.today(), *(gap.since.date() for gap in gaps(source))])
    if today.complete_to != day:
        today.complete_to = day
        today.save(update_fields=["complete_to"])
    sourcing.reaches(source, day)


@dataclass(frozen=True)
class Gap:
    """Between two pushes to a branch, at least one did not arrive."""

    source: Source
    ref: str
    since: datetime
    until: datetime
    before: str
    after: str

    @property
    def branch(self) -> str:
        """The branch as people call it."""
        return self.ref.removeprefix("refs/heads/")


# A push begins where the last one on its branch ended. Deliveries may overtake each other, so that the one that ended
# there may have come later; a branch that was made begins nowhere. What a complete history has covered since is closed.
GAPS = """
SELECT p.ref, p.before, p.last_after, p.last_at, p.received_at
  FROM (SELECT *, lag(after) OVER chain AS last_after, lag(received_at) OVER chain AS last_at
          FROM metrics_delivery WHERE source_id = %(source)s AND after <> ''
        WINDOW chain AS (PARTITION BY ref ORDER BY id)) p
 WHERE p.last_after IS NOT NULL AND p.before <> p.last_after AND p.before !~ '^0+$'
   AND NOT EXISTS (SELECT FROM metrics_delivery d
                    WHERE d.source_id = %(source)s AND d.ref = p.ref AND d.after = p.before)
   AND NOT EXISTS (SELECT FROM metrics_import i JOIN metrics_source s ON s.id = i.source_id
                    WHERE s.pathway_id = %(pathway)s AND s.type NOT IN ('github', 'api') AND i.state = 'done'
                      AND COALESCE(i.complete_to, i.last_day) >= timezone('UTC', p.received_at)::date)
 ORDER BY p.id
"""


def gaps(source: Source) -> list[Gap]:
    """Where pushes are missing that no other import has brought since."""
    with connection.cursor() as cursor:
        cursor.execute(GAPS, {"source": source.pk, "pathway": source.pathway_id})
        return [
            Gap(source, ref, since, until, last_after, before)
            for ref, before, last_after, since, until in cursor.fetchall()
        ]


def read_again(day: Import) -> None:
    """Read again what came on one day and is still kept: what others had told first may be new now."""
    if day.deliveries.filter(body__isnull=False).update(read_at=None):
        jobs.ask("deliveries", str(day.source_id))
