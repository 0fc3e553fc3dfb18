"""What Celery runs. A message is a doorbell; the work and its state are in PostgreSQL (lifecycle/jobs.py)."""

from celery import shared_task

from lifecycle import jobs, read_only


@shared_task(name="lifecycle.run_job")
def run_job(job_id: int) -> None:
    """Claim and do one job. A second ring finds nothing to claim; while nothing is written, it waits."""
    if not read_only.is_on():
        jobs.run(job_id)


@shared_task(name="lifecycle.periodic")
def periodic() -> None:
    """Ask for the jobs whose period has come."""
    if not read_only.is_on():
        jobs.ask_periodic()
