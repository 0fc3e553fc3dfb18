"""pytest's plugin for Python's garbage collector: it does not look again and again through what lasts for the run."""

import gc

import pytest

#: Allocations between two looks. A page makes some 50,000, of which next to none are cycles.
SELDOM = 100_000


def pytest_configure() -> None:
    """Before the tests are read: modules are nothing to be collected."""
    gc.set_threshold(SELDOM, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there now, Django and three thousand tests, stays to the end."""
    gc.freeze()
