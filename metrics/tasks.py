"""The jobs of this app: each handler names its verb and nothing else."""

from datetime import date

from lifecycle import clock, jobs
from metrics import imports, recount


@jobs.handles("recount")
def count_again(run: jobs.Run) -> None:
    """Key: the team's id."""
    recount.recount(int(run.key), run_id=run.id)


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


@jobs.handles("import")
def read_file(run: jobs.Run) -> None:
    """Key: the import's id."""
    imports.work(int(run.key), progress=run.progress)
