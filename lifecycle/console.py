"""What an operator reads of the jobs, in a fixed number of queries; apps above add panels of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from lifecycle import jobs
from lifecycle.models import Job

#: So many dead jobs are shown; the list below has them all.
SHOWN: Final = 50

KINDS = """
SELECT kind, COALESCE(queued, 0), COALESCE(running, 0), COALESCE(done, 0), COALESCE(dead, 0), oldest,
       COALESCE(attempts, 0), good.id, good.finished_at, good.finished_at - good.started_at
  FROM (
    SELECT kind, count(*) FILTER (WHERE state = 'queued') AS queued,
           count(*) FILTER (WHERE state = 'running') AS running,
           count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'dead') AS dead,
           min(created_at) FILTER (WHERE state = 'queued') AS oldest,
           max(attempts) FILTER (WHERE state IN ('queued', 'running')) AS attempts
      FROM lifecycle_job GROUP BY kind
  ) AS tally
  FULL JOIN unnest(%s::varchar[]) AS known (kind) USING (kind)
  LEFT JOIN LATERAL (
    SELECT id, started_at, finished_at FROM lifecycle_job
     WHERE state = 'done' AND lifecycle_job.kind = COALESCE(tally.kind, known.kind)
     ORDER BY finished_at DESC LIMIT 1
  ) AS good ON true
 ORDER BY kind
"""


@dataclass(frozen=True)
class KindRow:
    """One kind of job: how many in each state, since when the oldest waits, and the last run that ended well."""

    kind: str
    queued: int
    running: int
    done: int
    dead: int
    oldest: datetime | None
    attempts: int
    good_id: int | None
    good_at: datetime | None
    took: timedelta | None

    @property
    def seconds(self) -> float | None:
        """How long the last good run took."""
        return None if self.took is None else self.took.total_seconds()


@dataclass(frozen=True)
class Panel:
    """A part of the console that another app tells: its template, and what that template reads."""

    template: str
    context: Mapping[str, object]


@dataclass(frozen=True)
class Console:
    """The jobs at a glance, and the panels."""

    kinds: list[KindRow]
    dead: list[Job]
    dead_total: int
    panels: list[Panel]


Teller = Callable[[], Mapping[str, object]]
_panels: dict[str, Teller] = {}


def panel(template: str) -> Callable[[Teller], Teller]:
    """Register what a panel of the console reads, by its template."""

    def register(teller: Teller) -> Teller:
        _panels[template] = teller
        return teller

    return register


def kinds() -> list[KindRow]:
    """Every kind that has a handler, whether it ever ran or not, and every kind that has a job."""
    with connection.cursor() as cursor:
        cursor.execute(KINDS, [jobs.kinds()])
        return [KindRow(*row) for row in cursor.fetchall()]


def dead() -> QuerySet[Job]:
    """Jobs that died and were not asked for again since, the last ones first."""
    later = Job.objects.filter(kind=OuterRef("kind"), key=OuterRef("key"), pk__gt=OuterRef("pk"))
    return Job.objects.filter(~Exists(later), state=Job.State.DEAD).order_by("-pk")


def console() -> Console:
    """Everything that the page shows."""
    panels = [Panel(template, teller()) for template, teller in _panels.items()]
    return Console(kinds(), list(dead()[:SHOWN]), dead().count(), panels)
