"""pytest's plugin for the demo organisation: made once in a run, in a database of its own, and copied for each test."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from teams.models import Team
from tests.databases import alone, copy_of, inside, of_the_run


@dataclass(frozen=True)
class Made:
    """What `manage.py make_demo` has made: a database, what it said, and the folder with its file of log-ins."""

    database: str
    said: str
    data: Path


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
    folder = of_the_run(tmp_path_factory, pytestconfig)
    data, told = folder / "demo data", folder / "demo.told"  # the first line is the maker's database
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        empty = connection.settings_dict["NAME"]
        connection.close()
        with alone(folder / "demo.lock"):
            is_maker = not told.exists()
            template, _, said = (empty, "", "") if is_maker else told.read_text().partition("\n")
            name = stack.enter_context(copy_of(template, f"{empty}_demo"))
            if is_maker:
                said = make(name, data)
                told.write_text(f"{name}\n{said}")
        yield Made(name, said, data)
        with alone(folder / "demo.lock"):
            if is_maker:
                told.unlink()
            stack.close()


@pytest.fixture
def demo(transactional_db: None, made: Made) -> Iterator[list[Team]]:
    """The teams of the demo organisation. What a test does to them is gone after it."""
    with copy_of(made.database, f"{made.database}_copy") as name, inside(name):
        yield list(Team.objects.order_by("pk"))
