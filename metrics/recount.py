"""The recount of a team: drained touches -> spans -> weekly rows -> measurements, in one transaction."""

from collections.abc import Iterator
from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.functions import Now

from lifecycle import clock, jobs
from lifecycle.measures import Measure
from lifecycle.models import Criterion
from metrics import due, spans, weeks
from metrics.evidence import Evidence
from metrics.figure import Figure
from metrics.measures import MEASURES
from teams.models import Measurement, Team


def recount(team_id: int, *, run_id: int | None = None, rebuild: bool = False) -> None:
    """Count a team again: idempotent, and all or nothing. With `rebuild`, all spans are derived anew.

    The team's row lock comes first and stays to the end. Whoever changes a fact takes it too (bump_facts), so the
    version read under it is the version of everything that is read after it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        version = lock(cursor, team_id)
        if version is None:
            return  # the team is gone, and its numbers with it
        today = clock.today()  # read once: at midnight, weekly rows and measurements are of the same day
        if rebuild:
            spans.rebuild(cursor, team_id)
            weeks.write(cursor, team_id, today)
        else:
            _follow(cursor, team_id, today)
        _measure(Evidence(Team.objects.select_related("stage").get(pk=team_id), today), version, run_id)
        due.counted(cursor, team_id, today)


def _follow(cursor: CursorWrapper, team_id: int, today: date) -> None:
    """Spans and weeks of whoever was touched; the work grows with them, and not with the team."""
    people = spans.drain(cursor, team_id)
    spans.stage(cursor, team_id, people)
    can_follow = weeks.notice(cursor, team_id, people, today)
    spans.settle(cursor, team_id, people)
    if can_follow:
        weeks.follow(cursor, team_id, today)
    else:
        weeks.write(cursor, team_id, today)


def lock(cursor: CursorWrapper, team_id: int) -> int | None:
    """Take the team's row lock; its data version, or None if there is no such team."""
    cursor.execute("SET LOCAL jit = off")  # compiling takes longer than any of these statements runs
    cursor.execute("SELECT data_version FROM teams_team WHERE id = %s FOR NO KEY UPDATE", [team_id])
    row = cursor.fetchone()
    return row[0] if row else None


def figures(evidence: Evidence) -> Iterator[tuple[Measure, int, Figure]]:
    """Every measure in every window (in days, 0 being its own) that a criterion asks for."""
    asked = set(Criterion.objects.filter(retired=False, window_days__gt=0).values_list("measure", "window_days"))
    for measure, count in MEASURES.items():
        own = count(evidence, 0)
        yield measure, 0, own
        for window in sorted({days for key, days in asked if key == measure and days}):
            # Most criteria ask for the window that is the measure's own.
            yield measure, window, own if own.window == window else count(evidence, window)


def _measure(evidence: Evidence, version: int, run_id: int | None) -> None:
    """Replace the team's measurements."""
    team = evidence.team
    rows = [
        Measurement(
            team=team,
            measure=measure,
            window_days=window,
            value=figure.value,
            reason=figure.reason,
            points=figure.points,
            detail=figure.detail,
            as_of=figure.as_of,
            valid_until=figure.valid_until,
            data_version=version,
            computed_at=Now(),
            job=run_id,
        )
        for measure, window, figure in figures(evidence)
    ]
    Measurement.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["team", "measure", "window_days"],
        update_fields=[
            "value",
            "reason",
            "points",
            "detail",
            "as_of",
            "valid_until",
            "data_version",
            "computed_at",
            "job",
        ],
    )
    kept = {(row.measure, row.window_days) for row in rows}
    old = Measurement.objects.filter(team=team)
    old.filter(pk__in=[row.pk for row in old if (row.measure, row.window_days) not in kept]).delete()


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


def ask(teams: list[int]) -> int:
    """Ask for a recount of each team; how many."""
    for team_id in teams:
        jobs.ask("recount", str(team_id))
    return len(teams)


def day_change(today: date) -> int:
    """Ask for a recount of every team that is due on a day; how many."""
    return ask(due.teams(today))
