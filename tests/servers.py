"""pytest's plugin for the servers: found or started before the first test, stopped by the last run that uses them."""

import pytest
from django.conf import settings

from lifecycle.embedded.ground import Unavailable
from lifecycle.embedded.servers import Servers

SERVERS = pytest.StashKey[Servers]()


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts them; workers of a parallel run find them answering."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it
    if hasattr(config, "workerinput"):
        return
    servers = Servers.of_settings(durable=False)
    try:
        servers.join()
    except Unavailable as reason:
        raise pytest.UsageError(str(reason)) from reason
    config.stash[SERVERS] = servers


def pytest_unconfigure(config: pytest.Config) -> None:
    """Also after a failure or Ctrl-C."""
    if servers := config.stash.get(SERVERS, None):
        servers.leave()
