"""The four processes of a running Lifecycle, as `manage.py demo` starts them and docker-compose.yml does."""

import sys
from pathlib import Path

from lifecycle.supervisor import Program


def programs(*, address: str, root: Path, data: Path) -> list[Program]:
    """Web, worker, beat and dispatcher of one machine. `address` is host:port of the web."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "lifecycle"]
    return [
        Program("web", [python, "-m", "gunicorn", "lifecycle.wsgi", "--bind", address]),
        Program(
            "worker",
            [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
            # SIGTERM then means: give the task back after CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT, not "finish it first".
            {"REMAP_SIGTERM": "SIGQUIT"},
        ),
        Program("beat", [*celery, "beat", "--schedule", str(data / "beat"), "--pidfile", "", "--loglevel", "INFO"]),
        Program("dispatcher", [python, str(root / "manage.py"), "dispatch", "--alive", str(data / "dispatcher")]),
    ]
