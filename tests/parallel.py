"""How `make test` deals the tests out to its workers: what shares something costly to one, the longest first."""

import os
from collections.abc import Iterator

import pytest

#: Files whose tests share a fixture that takes long to make, or that ask for half of the server's connections.
TOGETHER = (
    "tests/browser/test_pages.py",
    "tests/browser/test_reach.py",
    "tests/flow/test_kill.py",
    "tests/lifecycle/test_demo.py",
    "tests/teams/test_promotion_race.py",
)
#: Begun first, in this order, so that the end of the run does not wait for one of them.
LONGEST = (
    "tests/browser/test_pages.py",
    "tests/lifecycle/test_demo.py",
    "tests/test_queries.py",
    "tests/test_hostile_input.py",
    "tests/lifecycle/test_embedded.py",
    "tests/browser/",
    "tests/flow/",
    "tests/metrics/test_any_order.py",
    "tests/metrics/",
)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: somebody always waits, for a browser, for the database or for a process to end."""
    return (os.cpu_count() or 1) + 1


def _place(item: pytest.Item) -> int:
    return next((place for place, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Mark before xdist reads the marks; sort after pytest-django has sorted. One process keeps pytest's own order."""
    for item in items:
        if path := next((path for path in TOGETHER if item.nodeid.startswith(path)), None):
            item.add_marker(pytest.mark.xdist_group(path))
    yield
    if hasattr(config, "workerinput"):
        items.sort(key=_place)
