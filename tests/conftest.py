"""Personas and a fixed clock for every test; the servers are the plugin's business (tests/servers.py)."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client, TransactionTestCase
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from teams.models import Role, Team, User
from tests import tables
from tests.factories import MembershipFactory, TeamFactory, UserFactory

pytest_plugins = [
    "tests.garbage",
    "tests.servers",
    "tests.parallel",
    "tests.databases",
    "tests.demo",
    "tests.prepared",
]

# How many random examples (docs/testing.md). Each run of "ci" tries the same ones: no landing fails by chance.
settings.register_profile("ci", max_examples=25, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", max_examples=5_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

#: Once there is a database: what lets it be used between two tests.
DATABASE = pytest.StashKey[DjangoDbBlocker]()
#: The day on which tests that ask for the `clock` fixture live: a Wednesday.
TODAY = datetime(2026, 6, 17, 12, tzinfo=UTC)


@dataclass
class People:
    """One team, and everybody who could come near it."""

    team: Team
    viewer: User
    activator: User
    partner: User
    outsider: User
    admin: User

    def client(self, name: str) -> Client:
        """A browser in which that person has logged in; 'anonymous' has not."""
        client = Client()
        if name != "anonymous":
            client.force_login(getattr(self, name))
        return client


@pytest.fixture
def people(db: None) -> People:
    """A team with a viewer, an activator and a partner; an outsider with a team of its own; an admin."""
    team = TeamFactory.create(slug="lantern", name="Lantern")
    users = {
        role: MembershipFactory.create(team=team, role=role, user__username=role.value).user
        for role in (Role.VIEWER, Role.ACTIVATOR, Role.PARTNER)
    }
    outsider = MembershipFactory.create(team__slug="elsewhere", role=Role.ACTIVATOR, user__username="outsider").user
    admin = UserFactory.create(username="admin", is_staff=True, is_superuser=True)
    return People(team, users[Role.VIEWER], users[Role.ACTIVATOR], users[Role.PARTNER], outsider, admin)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The Python clock, standing at TODAY; move it with `clock.move_to`."""
    with time_machine.travel(TODAY, tick=False) as coordinates:
        yield coordinates


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, pytestconfig: pytest.Config
) -> Iterator[None]:
    """The database goes at the end, also while the server has not noticed that a killed client of a test is gone."""
    pytestconfig.stash[DATABASE] = django_db_blocker
    with django_db_blocker.unblock():
        tables.leave_to_us()
    yield
    # While playwright runs, this thread has another connection (asgiref keeps one a context). The one from before may
    # have been ended meanwhile, as nobody's, for a copy of its database.
    connection.close()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Between two files the tables are swept, once there is a database."""
    yield
    blocker = item.config.stash.get(DATABASE, None)
    if blocker is not None and nextitem is not None and nextitem.path != item.path:
        with blocker.unblock():
            tables.sweep()


@pytest.fixture(scope="session", autouse=True)
def _empty_what_was_written() -> Iterator[None]:
    """After a test that committed: not by TRUNCATE, which the append-only tables refuse and which takes long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: tables.empty())
        yield
