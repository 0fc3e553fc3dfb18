"""The reconciler: what is stored of a team, compared with what its raw facts give. It says, and never mends.

Spans are derived by the one statement there is, into a table of this transaction alone. Weekly rows and measures are
then counted from those spans by the very code of the recount. So each difference is found where it is, and a wrong
span is not reported again by every number that rests on it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from lifecycle import clock
from metrics import recount, spans, weeks
from metrics.evidence import Evidence
from metrics.figure import Figure
from metrics.models import Drift
from pathways.models import Level
from teams.models import Measurement, Team

#: So many differences of each kind are told; where there are more, a rebuild is needed and not a longer list.
FIRST: Final = 1000
#: What a measurement's detail says of other teams: it ages without a fact of this one.
OF_OTHERS: Final = frozenset({"teams"})

#: The rows that stand on one side only. EXCEPT both ways, brought together by what they are about.
SPANS = f"""
WITH stored AS (
    SELECT {spans.COLUMNS} FROM metrics_span WHERE team_id = %(team)s EXCEPT SELECT {spans.COLUMNS} FROM span_derived
), derived AS (
    SELECT {spans.COLUMNS} FROM span_derived EXCEPT SELECT {spans.COLUMNS} FROM metrics_span WHERE team_id = %(team)s
)
SELECT pathway_id, contributor_id, level,
       string_agg(said, '; ' ORDER BY said) FILTER (WHERE side = 'stored'),
       string_agg(said, '; ' ORDER BY said) FILTER (WHERE side = 'derived')
  FROM (
    SELECT one.*, from_on || ' to ' || until_on || CASE WHEN is_first THEN ', first' ELSE '' END
                  || ', population ' || population AS said
      FROM (SELECT 'stored' AS side, * FROM stored UNION ALL SELECT 'derived', * FROM derived) AS one
  ) AS both_sides
 GROUP BY pathway_id, contributor_id, level ORDER BY pathway_id, contributor_id, level LIMIT %(first)s
"""

WEEK = "pathway_id, population, week"
COUNTED = ", ".join(f"{column}::int" for column in weeks.COLUMNS)

WEEKS = f"""
WITH fresh AS (SELECT {WEEK}, {COUNTED} FROM ({weeks.COUNT_WEEKS}) AS week),
kept AS (SELECT {WEEK}, {COUNTED} FROM teams_weeklycount WHERE team_id = ANY(%(teams)s)),
stored AS (TABLE kept EXCEPT TABLE fresh),
derived AS (TABLE fresh EXCEPT TABLE kept)
SELECT {WEEK}, to_json(stored)::text, to_json(derived)::text
  FROM stored FULL JOIN derived USING ({WEEK})
 ORDER BY {WEEK} LIMIT %(first)s
"""


@dataclass(frozen=True)
class Difference:
    """One row, or one person's runs of days at one level. An empty value: there is no such row."""

    what: Drift.What
    key: str
    stored: str
    derived: str


@dataclass(frozen=True)
class Compared:
    """How much of a team was compared, and where it differs: the FIRST of each kind of row."""

    spans: int
    rows: int
    differences: list[Difference]


def differences(cursor: CursorWrapper, team_id: int) -> list[Difference]:
    """Where the stored rows of a team are not what its raw facts give. The caller holds the team's row lock.

    Numbers are counted as of the day of the last count: what a day changes is the day change's business.
    """
    day = Measurement.objects.filter(team=team_id).aggregate(day=Max("as_of"))["day"] or clock.today()
    with transaction.atomic():  # an error undoes the tables too
        spans.stage(cursor, [team_id], None)
        found = list(_spans(cursor, team_id))
        # A table of the transaction's own hides the stored one: from here on, whoever reads spans reads derived ones.
        cursor.execute("ALTER TABLE span_derived RENAME TO metrics_span")
        found += [*_weeks(cursor, team_id, day), *_measurements(team_id, day)]
        cursor.execute("DROP TABLE pg_temp.metrics_span")
    return found


def _spans(cursor: CursorWrapper, team_id: int) -> Iterator[Difference]:
    cursor.execute(SPANS, {"team": team_id, "first": FIRST})
    for pathway, person, level, stored, derived in cursor.fetchall():
        key = f"pathway {pathway}, contributor {person}, {Level(level).name.lower()}"
        yield Difference(Drift.What.SPAN, key, stored or "", derived or "")


def _weeks(cursor: CursorWrapper, team_id: int, day: date) -> Iterator[Difference]:
    cursor.execute(WEEKS, {"teams": [team_id], "pathways": None, "today": day, "first": FIRST})
    for pathway, population, week, *sides in cursor.fetchall():
        stored, derived = (json.loads(side) if side else {} for side in sides)
        key = f"pathway {pathway}, {population}, week to {week}"
        yield Difference(Drift.What.WEEK, key, _unlike(stored, derived), _unlike(derived, stored))


def _measurements(team_id: int, day: date) -> Iterator[Difference]:
    evidence = Evidence(Team.objects.select_related("stage").get(pk=team_id), day)
    stored = {(str(row.measure), row.window_days): _said(row) for row in Measurement.objects.filter(team=team_id)}
    derived = {(str(measure), window): _said(figure) for measure, window, figure in recount.figures(evidence)}
    for measure, window in sorted({*stored, *derived}):
        kept, fresh = (side.get((measure, window), {}) for side in (stored, derived))
        if kept != fresh:
            key = f"{measure}, {window} days" if window else measure
            yield Difference(Drift.What.MEASUREMENT, key, _unlike(kept, fresh), _unlike(fresh, kept))


def _said(row: Measurement | Figure) -> dict[str, Any]:
    """The numbers that a gate or a page reads. Names and sentences are left out: they may be told anew."""
    numbers = {
        name: told
        for name, told in row.detail.items()
        if (isinstance(told, int) or name == "course") and name not in OF_OTHERS
    }
    value = None if row.value is None else f"{row.value:.4f}"
    return {"value": value, "as of": row.as_of, "valid until": row.valid_until, "points": row.points, **numbers}


def _unlike(mine: dict[str, Any], other: dict[str, Any]) -> str:
    """Of one row, what stands otherwise in the other."""
    return ", ".join(f"{name} {told}" for name, told in mine.items() if name not in other or other[name] != told)


BEHIND = """
SELECT EXISTS (SELECT FROM metrics_touched WHERE team_id = %(team)s)
    OR EXISTS (SELECT FROM lifecycle_job WHERE kind IN ('recount', 'rebuild') AND key = %(team)s::text
                  AND state IN ('queued', 'running'))
    OR (SELECT COALESCE(min(data_version), 0) FROM teams_measurement WHERE team_id = %(team)s)
     < (SELECT facts_version FROM teams_team WHERE id = %(team)s)
"""

SIZES = """
SELECT (SELECT count(*) FROM metrics_span WHERE team_id = %(team)s),
       (SELECT count(*) FROM teams_weeklycount WHERE team_id = %(team)s)
     + (SELECT count(*) FROM teams_measurement WHERE team_id = %(team)s)
"""


def compare(team_id: int) -> Compared | None:
    """Compare a team under its row lock, writing nothing; None if its numbers are behind its facts, or it is gone."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not recount.lock(cursor, [team_id]):
            return None
        cursor.execute(BEHIND, {"team": team_id})
        if cursor.fetchone()[0]:
            return None
        cursor.execute(SIZES, {"team": team_id})
        held, rows = cursor.fetchone()
        return Compared(held, rows, differences(cursor, team_id))
