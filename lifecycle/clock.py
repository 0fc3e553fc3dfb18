"""The one clock of every rule: UTC calendar days."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Final

#: No record lies before it: an earlier day is a broken clock, or a year of two digits.
FIRST_DAY: Final = date(1970, 1, 1)

_is_stopped: ContextVar[bool] = ContextVar("is_stopped", default=False)


def now() -> datetime:
    """This moment, with its zone."""
    if _is_stopped.get():
        raise RuntimeError("What is written now is used later: pass the day to it, do not look at the clock.")
    return datetime.now(UTC)


def today() -> date:
    """The UTC calendar day on which every rule, window and as-of is read (1-definitions, 1.3)."""
    return now().date()


@contextmanager
def stopped() -> Iterator[None]:
    """Nobody may look at the clock meanwhile."""
    token = _is_stopped.set(True)
    try:
        yield
    finally:
        _is_stopped.reset(token)
