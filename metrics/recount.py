"""The recount of teams: drained touches -> spans -> weekly rows -> measurements, in one transaction.

Each step is one statement for all of the teams, and each question of a measure is asked once: one team alone is a
batch of one, and how many a rebuild of everything counts at once is told by `metrics/rebuilds.py`.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from lifecycle import clock, jobs
from lifecycle.measures import Measure
from metrics import due, spans, weeks
from metrics.evidence import Evidence
from metrics.figure import Figure
from metrics.measures import MEASURES
from teams.models import Team


def recount(*teams: int, run_id: int | None = None, rebuild: bool = False) -> None:
    """Count teams again: idempotent, and all or nothing. With `rebuild`, all spans are derived anew.

    The teams' row locks come first and stay to the end. Whoever changes a fact takes them too (bump_facts), so the
    version read under a lock is the version of everything that is read after it. A team that is gone is no error.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        versions = lock(cursor, teams)
        if not versions:
            return
        today = clock.today()  # read once: at midnight, weekly rows and measurements are of the same day
        if rebuild:
            spans.rebuild(cursor, [*versions])
            weeks.write(cursor, [*versions], today)
        else:
            _follow(cursor, [*versions], today)
        batch = Evidence.of(Team.objects.select_related("stage").filter(pk__in=versions).order_by("pk"), today)
        _measure(cursor, batch, versions, run_id)
        due.counted(cursor, [*versions], today)


def _follow(cursor: CursorWrapper, teams: list[int], today: date) -> None:
    """Spans and weeks of whoever was touched; the work grows with them, and not with the teams.

    Where a pathway was touched as a whole, most weeks change, and counting them is less than telling the difference.
    """
    touched = spans.drain(cursor, teams)
    spans.stage(cursor, teams, touched.people)
    partly = [team_id for team_id in teams if team_id not in touched.whole]
    following = weeks.notice(cursor, partly, touched.people, today) if partly else []
    spans.settle(cursor, teams, touched.people)
    if following:
        weeks.follow(cursor, following, today)
    if counted := [team_id for team_id in teams if team_id not in following]:
        weeks.write(cursor, counted, today, pathways=touched.pathways)


def lock(cursor: CursorWrapper, teams: Collection[int]) -> dict[int, int]:
    """Take the teams' row locks, in the order of their ids as everybody does; the data version of each that exists."""
    cursor.execute("SET LOCAL jit = off")  # compiling takes longer than any of these statements runs
    cursor.execute(
        "SELECT id, data_version FROM teams_team WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(teams)]
    )
    return dict(cursor.fetchall())


def figures(evidence: Evidence) -> Iterator[tuple[Measure, int, Figure]]:
    """Every measure in every window (in days, 0 being its own) that a criterion asks for."""
    for measure, count in MEASURES.items():
        own = count(evidence, 0)
        yield measure, 0, own
        for window in sorted({days for asked, days, _stage in evidence.criteria if asked == measure and days}):
            # Most criteria ask for the window that is the measure's own.
            yield measure, window, own if own.window == window else count(evidence, window)


KEPT = ("value", "reason", "points", "detail", "as_of", "valid_until", "data_version", "computed_at", "job")
# All rows come as one value: a million parameters would be a million times Django's care.
REPLACE = f"""
WITH fresh AS (
    SELECT *, statement_timestamp() AS computed_at, %(job)s::int AS job
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS one (
           team_id int, measure text, window_days int, value numeric, reason text, points jsonb, detail jsonb,
           as_of date, valid_until date, data_version bigint)
), gone AS (
    DELETE FROM teams_measurement old WHERE team_id = ANY(%(teams)s) AND NOT EXISTS (
        SELECT FROM fresh WHERE (fresh.team_id, fresh.measure, fresh.window_days)
                              = (old.team_id, old.measure, old.window_days))
)
INSERT INTO teams_measurement (team_id, measure, window_days, {", ".join(KEPT)})
SELECT team_id, measure, window_days, {", ".join(KEPT)} FROM fresh
    ON CONFLICT (team_id, measure, window_days) DO UPDATE
   SET ({", ".join(KEPT)}) = ROW({", ".join(f"EXCLUDED.{column}" for column in KEPT)})
"""


def _measure(cursor: CursorWrapper, batch: Sequence[Evidence], versions: Mapping[int, int], run_id: int | None) -> None:
    """Replace the teams' measurements."""
    rows = [
        vars(figure)
        | {
            "team_id": evidence.team.pk,
            "measure": measure,
            "window_days": window,
            "data_version": versions[evidence.team.pk],
        }
        for evidence in batch
        for measure, window, figure in figures(evidence)
    ]
    told = json.dumps(rows, default=str)  # decimals and days
    cursor.execute(REPLACE, {"rows": told, "teams": [*versions], "job": run_id})


BEHIND = """
SELECT t.id FROM teams_team t
 WHERE NOT EXISTS (SELECT FROM lifecycle_job j
                    WHERE j.kind = 'recount' AND j.key = t.id::text AND j.state IN ('queued', 'running'))
   AND (NOT EXISTS (SELECT FROM teams_measurement m WHERE m.team_id = t.id)
        OR EXISTS (SELECT FROM teams_measurement m WHERE m.team_id = t.id AND m.data_version < t.facts_version))
 ORDER BY t.id
"""


def behind() -> list[int]:
    """Ids of the teams whose numbers are behind their facts while nobody is about to count: their job has died."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND)
        return [team_id for (team_id,) in cursor.fetchall()]


def ask(teams: list[int], kind: str = "recount") -> int:
    """Ask for a recount of each team, or a rebuild; how many."""
    for team_id in teams:
        jobs.ask(kind, str(team_id))
    return len(teams)


def day_change(today: date) -> int:
    """Ask for a recount of every team that is due on a day; how many."""
    return ask(due.teams(today))
