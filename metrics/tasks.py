"""The jobs of this app: each handler names its verb and nothing else."""

from lifecycle import jobs
from metrics import imports, recount


@jobs.handles("recount")
def count_again(run: jobs.Run) -> None:
    """Key: the team's id."""
    recount.recount(int(run.key), run_id=run.id)


@jobs.handles("day_change", every=jobs.daily)
def change_day(run: jobs.Run) -> None:
    """Key: the day."""
    recount.day_change()


@jobs.handles("import")
def read_file(run: jobs.Run) -> None:
    """Key: the import's id."""
    imports.work(int(run.key), progress=run.progress)
