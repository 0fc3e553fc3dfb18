"""The benchmarks' own servers: the embedded ones, durable, with memory to fit the machine."""

import os
from typing import Final

from django.db import connection

from lifecycle.embedded.postgres import Postgres
from lifecycle.embedded.server import Server
from lifecycle.embedded.servers import Servers

GIB: Final = 2**30
#: What a run tells of the server, for without it no figure means much.
TOLD: Final = (
    "shared_buffers",
    "effective_cache_size",
    "work_mem",
    "maintenance_work_mem",
    "max_wal_size",
    "random_page_cost",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "max_parallel_workers_per_gather",
    "jit",
)


def memory() -> int:
    """The machine's, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


class Roomy(Postgres):
    """The embedded PostgreSQL, set as a small server would be: a quarter of the memory is its own, up to 4 GB."""

    def command(self) -> list[str]:
        """The server in the foreground."""
        options = {
            "shared_buffers": f"{min(4 * GIB, memory() // 4) // 2**20}MB",
            "effective_cache_size": f"{memory() // 2 // 2**20}MB",
            "work_mem": "32MB",
            "maintenance_work_mem": "512MB",
            "max_wal_size": "8GB",
            "checkpoint_timeout": "30min",
            "random_page_cost": "1.1",
        }
        return [*super().command(), *(part for name, value in options.items() for part in ("-c", f"{name}={value}"))]


def servers() -> Servers:
    """Those that DATABASE_URL and REDIS_URL leave to us."""
    ours = Servers.of_settings()
    kinds: tuple[type[Server], ...] = tuple(Roomy if kind is Postgres else kind for kind in ours.kinds)
    return Servers(ours.data, kinds)


def told() -> dict[str, str]:
    """The server's version and settings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", [list(TOLD)])
        settings = dict(cursor.fetchall())
        cursor.execute("SHOW server_version")
        return {"version": cursor.fetchone()[0], **{name: settings[name] for name in TOLD}}
