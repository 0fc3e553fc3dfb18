"""A rebuild of many teams, in batches: each is one transaction, and one job if it is left to the workers.

What a small team costs is its statements, so many teams share them. A batch holds the row locks of all of its teams
for as long as it takes, so it is bounded by what it has to count: a team that is large enough is alone.
"""

import logging
from collections.abc import Collection
from typing import Final

from django.db import connection

from lifecycle import jobs
from metrics.recount import recount
from teams.models import Team

log = logging.getLogger(__name__)

TEAMS: Final = 25
CONTRIBUTIONS: Final = 100_000

SIZES = """
SELECT t.id, count(c.team_id) FROM teams_team t LEFT JOIN metrics_contribution c ON c.team_id = t.id
 WHERE %(teams)s::int[] IS NULL OR t.id = ANY(%(teams)s::int[])
 GROUP BY t.id ORDER BY t.id
"""


def batches(teams: Collection[int] | None = None) -> list[list[int]]:
    """All teams, or some, by their ids: in that order, which is the order of locks, and dealt out by their size."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES, {"teams": None if teams is None else list(teams)})
        sizes: list[tuple[int, int]] = cursor.fetchall()
    found: list[list[int]] = []
    held = 0
    for team_id, size in sizes:
        if not found or len(found[-1]) == TEAMS or held + size > CONTRIBUTIONS:
            found.append([])
            held = 0
        found[-1].append(team_id)
        held += size
    return found


def ask() -> int:
    """Leave all teams to the workers; how many jobs that makes. The key of each is its first and its last team."""
    found = batches()
    for batch in found:
        jobs.ask("rebuild_batch", f"{batch[0]}-{batch[-1]}")
    return len(found)


def work(run: jobs.Run) -> None:
    """One batch. If it has failed before, or its worker has died of it, each team is a job of its own from here on:
    whichever cannot be counted fails alone, and takes nothing from the others.
    """
    first, _dash, last = run.key.partition("-")
    teams = list(Team.objects.filter(pk__range=(first, last or first)).order_by("pk").values_list("pk", flat=True))
    if run.attempt > 1 and len(teams) > 1:
        for team_id in teams:
            jobs.ask("rebuild_batch", str(team_id))
    else:
        recount(*teams, run_id=run.id, rebuild=True)


def here(batch: Collection[int], *, rebuild: bool = True) -> dict[int, Exception]:
    """One batch, in this process; the teams that cannot be counted, and why. One by one, if not all at once."""
    try:
        recount(*batch, rebuild=rebuild)
    except Exception as error:  # whatever it is, it is of one team
        log.exception("the teams %s could not be counted", ", ".join(map(str, batch)))
        if len(batch) == 1:
            return dict.fromkeys(batch, error)
        failed: dict[int, Exception] = {}
        for team_id in batch:
            failed |= here([team_id], rebuild=rebuild)
        return failed
    return {}
