"""Two questions a machine asks: is the process alive (`livez`), and can it do its work (`readyz`)?

Plain words, no versions and no names: anybody may ask.
"""

import logging
import shutil

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lifecycle import read_only

log = logging.getLogger(__name__)

#: Below this share of free space, writing will soon fail.
FREE_SHARE = 0.10


@require_safe
@never_cache
@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """200 while the process can answer at all; asks nobody else."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """200 `ready`, or `degraded: ...` when pages work but something waits; 503 `not ready: ...` when they do not."""
    if fault := database_fault():
        return HttpResponse(f"not ready: {fault}\n", status=503, content_type="text/plain")
    states = {"broker": broker_is_down(), "disk": disk_is_full(), "read-only": read_only.is_on()}
    waiting = [word for word, holds in states.items() if holds]
    return HttpResponse(f"degraded: {', '.join(waiting)}\n" if waiting else "ready\n", content_type="text/plain")


def database_fault() -> str:
    """Why the database cannot serve the pages, in one word or two; empty when it can."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
            if cursor.fetchone()[0] and not read_only.is_on():
                return "database is read-only"
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations"
    except DatabaseError:
        log.warning("the database does not answer", exc_info=True)
        return "database"
    return ""


def broker_is_down() -> bool:
    """Jobs are kept in PostgreSQL meanwhile, and are rung for when it is back."""
    try:
        cache.get_many(["ready"])  # one alone would be looked for elsewhere (lifecycle/cache.py)
    except (redis.RedisError, OSError):
        return True
    return False


def disk_is_full() -> bool:
    """Whether less than FREE_SHARE is free of the disk that takes the uploads."""
    folder = next(path for path in (settings.MEDIA_ROOT, *settings.MEDIA_ROOT.parents) if path.exists())
    usage = shutil.disk_usage(folder)
    return usage.free < FREE_SHARE * usage.total
