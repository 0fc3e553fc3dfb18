"""What waits for an admin: each app tells of its own, and the admin's first page shows it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """So many of one sort, in words, and where they are answered."""

    number: int
    words: str
    address: str


Ask = Callable[[], Waiting]
_asked: list[Ask] = []


def asks(ask: Ask) -> Ask:
    """Registers something that may wait. It asks one query."""
    _asked.append(ask)
    return ask


def waiting() -> list[Waiting]:
    """All that waits now."""
    return [found for found in (ask() for ask in _asked) if found.number]
