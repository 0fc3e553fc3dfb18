"""The cache: Valkey, and the memory of this process for the seconds in which Valkey does not answer.

What has to be there is asked for by key, one at a time: how often a password was tried. While Valkey is away people
still log in, and each process counts the tries that it sees. What only saves time (lifecycle/kept.py) is made anew.
"""

from functools import cached_property
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.exceptions import RedisError

from lifecycle import kept


class Client(RedisCacheClient):
    """Django's, which makes redis-py's client anew for each question: that takes longer than the answer."""

    @cached_property
    def _made(self) -> Redis:
        made: Redis = super().get_client(write=True)  # there is one server: the same to read from
        return made

    def get_client(self, key: object = None, *, write: bool = False) -> Redis:
        """The one of this thread."""
        return self._made


class Cache(RedisCache):
    """Django's own, with a second place."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client
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
