"""Who drifts away: active or above, but without a counted act for 180 days."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import QuerySet

from lifecycle.prepared import written
from metrics import counts
from metrics.acts import COUNTED
from metrics.cohorts import Asked
from metrics.models import Span
from metrics.populations import STAFF, VOLUNTEERS
from pathways.models import Level
from teams.models import Team

#: Days without an act; they end on the as-of day.
SILENT_DAYS = 180
#: Whose acts a population counts: staff's, everybody else's, or (not here) both.
BY_STAFF = {VOLUNTEERS: False, STAFF: True}

LAST = f"""
WITH {COUNTED}
SELECT contributor_id, max(day) AS last_on FROM act
 WHERE day <= %(as_of)s AND (%(staff)s::boolean IS NULL OR staff = %(staff)s)
   AND (%(pathway)s::int IS NULL OR pathway_id = %(pathway)s)
 GROUP BY contributor_id HAVING max(day) <= %(silent_since)s
 ORDER BY last_on, contributor_id
"""


@dataclass(frozen=True)
class Drifter:
    """Somebody who still counts as active, and the day of their last counted act."""

    contributor_id: int
    last_on: date


def drifting(asked: Asked) -> list[Drifter]:
    """Everybody who drifts on the as-of day, the longest silent first. Two queries: who is active, and their acts."""
    with connection.cursor() as cursor:
        cursor.execute(
            LAST,
            {
                "teams": [asked.team.pk],
                "contributors": _active(asked.team, asked.pathway_key, asked.as_of, bit=asked.bit),
                "sources": None,
                "pathway": asked.pathway.pk if asked.pathway else None,
                "staff": BY_STAFF.get(asked.bit),
                "as_of": asked.as_of,
                "silent_since": asked.as_of - timedelta(days=SILENT_DAYS),
            },
        )
        return [Drifter(*row) for row in cursor.fetchall()]


@written
def _active(team: Team, pathway: int, as_of: date, *, bit: int) -> QuerySet[Span, int]:
    return counts.holders(team, on=as_of, level=Level.ACTIVE, population=bit, pathway=pathway)
