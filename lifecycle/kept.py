"""What is kept in the cache to save time. Nothing depends on it: where it is away, everything is made anew."""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

#: Seconds that something is kept. The broker lives on the same server and needs its memory.
KEPT: Final = 3600
#: Seconds in which a cache that did not answer is not asked again.
REST: Final = 5.0
_away_until = 0.0


def get(keys: Iterable[str]) -> dict[str, Any]:
    """What is there of these."""
    if is_away():
        return {}
    try:
        return cache.get_many(list(keys))
    except RedisError as error:
        went(error)
        return {}


def put(values: Mapping[str, Any]) -> None:
    """Keep these, each in the place of what stood there."""
    if not values or is_away():
        return
    try:
        cache.set_many(dict(values), KEPT)
    except RedisError as error:
        went(error)


def ask_again() -> None:
    """Do not wait until the cache has had its rest."""
    global _away_until  # noqa: PLW0603 (of this process, like the connection)
    _away_until = 0.0


def is_away() -> bool:
    """Whether it did not answer a moment ago."""
    return time.monotonic() < _away_until


def went(error: RedisError) -> None:
    """Said once for each time that it is found away."""
    global _away_until  # noqa: PLW0603 (of this process, like the connection)
    log.warning("the cache does not answer, pages are made without it: %s", error)
    _away_until = time.monotonic() + REST
