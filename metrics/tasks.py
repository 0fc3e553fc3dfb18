"""The jobs of this app: each handler names its verb and nothing else."""

from datetime import date

from lifecycle import clock, jobs
from metrics import (
    deliveries,
    drifts,
    imports,
    keeping,
    planner,
    quarantine,
    rebuilds,
    recount,
    rounds,
    source_news,
    withdrawals,
)
from metrics.models import Span
from teams import glances, signals


@jobs.handles("recount")
def count_again(run: jobs.Run) -> None:
    """Key: the team's id. Signals and its row of the portfolio follow at once: no reader waits for them."""
    recount.recount(int(run.key), run_id=run.id)
    planner.look_again(Span)
    signals.look([int(run.key)])
    glances.refresh([int(run.key)], tell=True)


@jobs.handles("day_change", every=jobs.daily)
def change_day(run: jobs.Run) -> None:
    """Key: the day. On a worker whose clock has not come so far it fails, and is tried again."""
    day = date.fromisoformat(run.key)
    if clock.today() < day:
        raise RuntimeError(f"{day} has not come on this machine's clock")
    recount.day_change(day)


@jobs.handles("behind", every=jobs.hourly)
def catch_up(run: jobs.Run) -> None:
    """Key: the hour. A gate may not say "being counted" for ever because a job has died."""
    recount.ask(recount.behind())


@jobs.handles("reconcile", every=jobs.daily)
def begin_round(run: jobs.Run) -> None:
    """Key: the day."""
    rounds.begin(date.fromisoformat(run.key))


@jobs.handles("compare")
def compare_team(run: jobs.Run) -> None:
    """Key: the team's id."""
    rounds.compare(int(run.key), run_id=run.id)


@jobs.handles("rebuild")
def rebuild_team(run: jobs.Run) -> None:
    """Key: the team's id. A person asked for it; whether the difference is gone, a comparison tells."""
    drifts.rebuild(int(run.key), run_id=run.id)


@jobs.handles("rebuild_batch")
def rebuild_teams(run: jobs.Run) -> None:
    """Key: the ids of the first team and the last, or of one."""
    rebuilds.work(run)


@jobs.handles("import")
def read_file(run: jobs.Run) -> None:
    """Key: the import's id."""
    imports.work(int(run.key), progress=run.progress)


@jobs.handles("withdrawal")
def take_out(run: jobs.Run) -> None:
    """Key: the import's id."""
    withdrawals.work(int(run.key))


@jobs.handles("quarantine")
def sort_out(run: jobs.Run) -> None:
    """Key: the source's id."""
    quarantine.work(int(run.key))


@jobs.handles("deliveries")
def read_deliveries(run: jobs.Run) -> None:
    """Key: the source's id."""
    deliveries.work(int(run.key))


@jobs.handles("keeping", every=jobs.daily)
def let_go(run: jobs.Run) -> None:
    """Key: the day."""
    keeping.expire()
    keeping.sweep()


@jobs.handles("stale_sources", every=jobs.daily)
def tell_of_stale_sources(run: jobs.Run) -> None:
    """Key: the day."""
    source_news.stale()
