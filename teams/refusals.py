"""What a verb answers when it does not act. Each carries words for the person who asked.

A missing right is Django's own `PermissionDenied` (403); these are for people who hold the right.
"""

from typing import Generic, TypeVar

T = TypeVar("T")


class Refused(Exception):
    """A rule forbids it; `reason` is the rule in words. The state of things is what the person saw (422)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Conflict(Exception, Generic[T]):
    """Somebody was first, or the screen is stale; `current` is the fresh state to show (409)."""

    def __init__(self, reason: str, current: T) -> None:
        super().__init__(reason)
        self.reason = reason
        self.current = current


class Busy(Exception):
    """The team's row stayed locked for longer than a person should wait; trying again is safe (503)."""
