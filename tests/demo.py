"""pytest's plugin for the demo organisation: made once in a run, in a database of its own, and copied for each test."""

import contextlib
import fcntl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from teams.models import Team


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


@dataclass(frozen=True)
class Made:
    """What `manage.py make_demo` has made: a database, what it said, and the folder with its file of log-ins."""

    database: str
    said: str
    data: Path


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other worker of this run meanwhile."""
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(database: str, data: Path) -> str:
    """As a person makes it, into an empty database; what the command said."""
    said = StringIO()
    with inside(database), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "DATA_DIR", data)
        call_command("load_lifecycle", verbosity=0)
        call_command("make_demo", stdout=said)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return said.getvalue()


@pytest.fixture(scope="session")
def made(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> Iterator[Made]:
    """This worker's database of the demo organisation: made, or a copy of the one that another worker has made."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if hasattr(pytestconfig, "workerinput") else folder  # the whole run's
    data, told = folder / "demo data", folder / "demo.told"  # the first line is the maker's database
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        empty = connection.settings_dict["NAME"]
        connection.close()
        with alone(folder):
            is_maker = not told.exists()
            template, _, said = (empty, "", "") if is_maker else told.read_text().partition("\n")
            name = stack.enter_context(copy_of(template, f"{empty}_demo"))
            if is_maker:
                said = make(name, data)
                told.write_text(f"{name}\n{said}")
        yield Made(name, said, data)
        with alone(folder):
            if is_maker:
                told.unlink()
            stack.close()


@pytest.fixture
def demo(transactional_db: None, made: Made) -> Iterator[list[Team]]:
    """The teams of the demo organisation. What a test does to them is gone after it."""
    with copy_of(made.database, f"{made.database}_copy") as name, inside(name):
        yield list(Team.objects.order_by("pk"))
