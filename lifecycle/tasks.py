"""What Celery runs. A message is a doorbell; the work and its state are in PostgreSQL (lifecycle/jobs.py)."""

from celery import shared_task

from lifecycle import jobs


@shared_task(name="lifecycle.run_job")
def run_job(job_id: int) -> None:
    """Claim and do one job. A second ring for the same job finds nothing to claim."""
    jobs.run(job_id)


@shared_task(name="lifecycle.periodic")
def periodic() -> None:
    """Ask for the jobs whose period has come."""
    jobs.ask_periodic()
