"""What is kept and not counted because its day cannot be right, and what people decide about it.

A decision is about all of a source that is quarantined for one reason, what comes later included: it counts, or it
never will. That acts before the declared start count means that the source starts with its first act.
"""

from datetime import date

from django.db import connection, transaction

from lifecycle import clock
from metrics import sourcing
from metrics.models import Release, Source
from metrics.models.source import FIRST_DAY
from teams.models import User

# Acts that are counted go into quarantine only when the start is moved: whether a day lay in the future was a
# question of the day on which the act came in.
SORT = """
UPDATE metrics_contribution c
   SET state = CASE WHEN c.day < %(starts_on)s THEN 2 ELSE metrics_is_staff(c.contributor_id, i.email, c.day)::int END
  FROM pathways_identity i
 WHERE i.id = c.identity_id AND c.team_id = %(team)s
   AND c.import_id = ANY(ARRAY(SELECT id FROM metrics_import WHERE source_id = %(source)s))
   AND CASE c.state WHEN 2 THEN c.day >= %(starts_on)s WHEN 3 THEN %(future)s ELSE c.day < %(starts_on)s END
   AND c.state < 4
"""


def decide(source: Source, *, why: str, counts: bool, actor: User) -> Release:
    """Say what becomes of all that is quarantined for one reason; a worker does it. The last word stands."""
    with transaction.atomic():
        if why == Release.Why.BEFORE_START and counts:
            sourcing.starts_with_first_act(source)
        sourcing.sort_out(source)
        return Release.objects.create(source=source, why=why, counts=counts, by=actor)


def first_day(source: Source) -> date:
    """The first day whose acts count; no source's lies before 1970, whatever it declares."""
    return max(source.starts_on or FIRST_DAY, FIRST_DAY)


def takes_future(source: Source) -> bool:
    """Whether somebody has said that acts dated in the future are right."""
    last = source.releases.filter(why=Release.Why.IN_FUTURE).first()
    return last is not None and last.counts


def last_day(source: Source) -> date:
    """The last day whose acts count, of what comes in today."""
    return date.max if takes_future(source) else date.fromordinal(clock.today().toordinal() + 1)


def work(source_id: int) -> None:
    """What the worker does. Done twice, it finds nothing to do."""
    source = Source.objects.get(pk=source_id)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM pathways_pathway WHERE id = %s FOR NO KEY UPDATE", [source.pathway_id])
        values: dict[str, int | date | bool] = {
            "source": source.pk,
            "team": source.team_id,
            "starts_on": first_day(source),
            "future": takes_future(source),
        }
        cursor.execute(SORT, values)
