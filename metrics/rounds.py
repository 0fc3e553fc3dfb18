"""The reconciler's rounds: whose turn it is, and what each turn found."""

from datetime import date, timedelta
from typing import Final

from django.db import connection
from django.db.models.functions import Now

from lifecycle import clock, jobs
from metrics import drifts, reconcile
from metrics.models import Comparison
from teams.models import Team

#: Every team is compared once in so many days.
ROUND_DAYS: Final = 7

# Whoever waits longest comes first, so a day without a round, a new team or one that was put off needs no plan.
TURN = """
SELECT id FROM (
    SELECT t.id, c.compared_on, row_number() OVER (ORDER BY c.compared_on NULLS FIRST, t.id) AS place,
           count(*) OVER () AS teams
      FROM teams_team t LEFT JOIN metrics_comparison c ON c.team_id = t.id
) AS line
 WHERE place <= ceil(teams / %(days)s::numeric) OR compared_on <= %(overdue)s
 ORDER BY place
"""


def turn(day: date) -> list[int]:
    """Ids of the teams to compare on a day: a seventh of all, and whoever was not compared for a week."""
    with connection.cursor() as cursor:
        cursor.execute(TURN, {"day": day, "days": ROUND_DAYS, "overdue": day - timedelta(days=ROUND_DAYS)})
        return [team_id for (team_id,) in cursor.fetchall()]


def begin(day: date) -> int:
    """Ask for the comparison of each team whose turn it is, each in a transaction of its own; how many."""
    teams = turn(day)
    for team_id in teams:
        jobs.ask("compare", str(team_id))
    return len(teams)


def compare(team_id: int, *, run_id: int | None = None) -> None:
    """Compare a team and keep what was found; a team whose numbers are behind is put off to the next round."""
    if not Team.objects.filter(pk=team_id).exists():
        return
    found = reconcile.compare(team_id)
    if found is None:
        Comparison.objects.update_or_create(team_id=team_id, defaults={"put_off_at": Now(), "job": run_id})
        return
    drifts.keep(team_id, found.differences, run_id=run_id)
    kept = {
        "compared_on": clock.today(),
        "compared_at": Now(),
        "put_off_at": None,
        "job": run_id,
        "spans": found.spans,
        "rows": found.rows,
        "differences": len(found.differences),
    }
    Comparison.objects.update_or_create(team_id=team_id, defaults=kept)
