"""The demo organisation in a database of its own: made once by each worker of the run, copied for each test."""

import contextlib
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from metrics.demo import build
from teams.models import Team


@contextlib.contextmanager
def copy_of(template: str, name: str) -> Iterator[str]:
    """A copy of a database; dropped at the end, whoever uses it still.

    The database refuses to copy what somebody uses: a thread of the live server may hold the connection with which it
    answered the window of the test before. Nobody waits for that answer any more, so the session is ended. The server's
    own workers (autovacuum) give way to the copy by themselves, and only a superuser may end them.
    """
    quoted = connection.ops.quote_name(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend'",
            [template],
        )
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE {connection.ops.quote_name(template)}")
    try:
        yield name
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")


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


@pytest.fixture(scope="session")
def demo_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of the database in which the demo organisation is, as `manage.py make_demo` makes it."""
    with django_db_blocker.unblock():
        empty = connection.settings_dict["NAME"]
        connection.close()
        with copy_of(empty, f"{empty}_demo") as name:
            with inside(name):
                call_command("load_lifecycle", verbosity=0)
                build.build({})
            yield name


@pytest.fixture
def demo(transactional_db: None, demo_database: str) -> Iterator[list[Team]]:
    """The teams of the demo organisation. What a test does to them is gone after it."""
    with copy_of(demo_database, f"{demo_database}_copy") as name, inside(name):
        yield list(Team.objects.order_by("pk"))
