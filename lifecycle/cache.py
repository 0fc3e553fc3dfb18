"""The cache: Valkey, and the memory of this process for the seconds in which Valkey does not answer.

What has to be there is asked for by key, one at a time: how often a password was tried. While Valkey is away people
still log in, and each process counts the tries that it sees. What only saves time (lifecycle/kept.py) is made anew.
"""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from lifecycle import kept


class Cache(RedisCache):
    """Django's own, with a second place."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        # Its time-outs are of no use to a memory.
        self._here = LocMemCache("lifecycle", {name: told for name, told in params.items() if name != "OPTIONS"})

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """As Django's."""
        return self._asked("get", *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """As Django's."""
        return bool(self._asked("add", *args, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> None:
        """As Django's."""
        self._asked("set", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """As Django's."""
        return bool(self._asked("delete", *args, **kwargs))

    def _asked(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if not kept.is_away():
            try:
                return getattr(super(), name)(*args, **kwargs)
            except RedisError as error:
                kept.went(error)
        return getattr(self._here, name)(*args, **kwargs)
