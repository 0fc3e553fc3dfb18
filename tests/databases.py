"""pytest's plugin for databases that are copied instead of made: one worker migrates, the others' are copies of its."""

import contextlib
import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker


@contextlib.contextmanager
def copy_of(template: str, name: str) -> Iterator[str]:
    """A copy of a database; dropped at the end, whoever uses it still."""
    quoted = connection.ops.quote_name(name)
    drop = f"DROP DATABASE IF EXISTS {quoted}"
    with alone_with(name) as execute:
        execute(drop)
    with alone_with(template) as execute:
        execute(f"CREATE DATABASE {quoted} TEMPLATE {connection.ops.quote_name(template)}")
    try:
        yield name
    finally:
        with alone_with(name) as execute:
            execute(drop)


@contextlib.contextmanager
def alone_with(database: str) -> Iterator[Callable[[str], None]]:
    """What to execute on a database that nobody may be using: it is neither copied nor dropped otherwise.

    A thread of the live server may hold the connection with which it answered the window of the test before. Nobody
    waits for that answer any more, so the session is ended. The server's own workers (autovacuum) are not ours to end,
    for which reason `WITH (FORCE)` may be refused; a copy and a plain DROP ask them to give way, and wait for it.
    """
    with connection._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend'",
            [database],
        )
        yield cursor.execute


@contextlib.contextmanager
def inside(name: str) -> Iterator[None]:
    """All connections that are opened meanwhile, by the live server's threads too, lead to that database."""
    kept = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept


def of_the_run(factory: pytest.TempPathFactory, config: pytest.Config) -> Path:
    """The folder that all workers of this run share."""
    folder = factory.getbasetemp()
    return folder.parent if hasattr(config, "workerinput") else folder


@contextlib.contextmanager
def alone(file: Path) -> Iterator[None]:
    """No other worker of this run meanwhile."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> Iterator[None]:
    """Django makes this worker's database from the migrated one of the run. A run in one process needs none beside."""
    if not hasattr(pytestconfig, "workerinput"):
        yield
        return
    folder, chosen = of_the_run(tmp_path_factory, pytestconfig), connection.settings_dict["TEST"]
    told, name = folder / "migrated", f"{chosen['NAME'].rpartition('_')[0]}_migrated"
    with alone(folder / "migrated.lock"), django_db_blocker.unblock():
        if is_maker := not told.exists():
            migrate(name)
            told.touch()
    chosen["TEMPLATE"] = name
    yield
    if is_maker:
        with alone(folder / "migrated.lock"), django_db_blocker.unblock(), alone_with(name) as execute:
            told.unlink()
            execute(f"DROP DATABASE {connection.ops.quote_name(name)}")


def migrate(name: str) -> None:
    """A database as the migrations leave it."""
    quoted = connection.ops.quote_name(name)
    with alone_with(name) as execute:
        execute(f"DROP DATABASE IF EXISTS {quoted}")
        execute(f"CREATE DATABASE {quoted}")
    with inside(name):
        call_command("migrate", verbosity=0)
